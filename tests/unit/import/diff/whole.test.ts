import test, { type ExecutionContext } from 'ava';
import { change, mail, onlyPatch, patchBody } from '../mails.ts';

async function refused(t: ExecutionContext, diff: string, problem: RegExp, line: string): Promise<void> {
  const text = mail({ body: patchBody(diff) });
  const patch = await onlyPatch(text);
  t.false(patch.whole);
  t.is(patch.problems.length, 1, JSON.stringify(patch.problems));
  t.regex(patch.problems[0]?.text ?? '', problem);
  t.true(text.split('\n')[(patch.problems[0]?.line ?? 0) - 1]?.startsWith(line));
}

const combined = `diff --cc kernel/m.c
index 1111111,2222222..3333333
--- a/kernel/m.c
+++ b/kernel/m.c
@@@ -1,3 -1,3 +1,4 @@@
  one
 +two
+ three
++four
`;

test('a combined diff is refused by name', (t) =>
  refused(t, combined, /^kernel\/m\.c: a combined diff \(@@@\)/, '@@@ '));

test('a combined hunk below a plain header is refused by name', (t) =>
  refused(
    t,
    change().replace(/^@@ -10,4 \+10,5 @@/m, '@@@ -10,4 -9,4 +10,5 @@@'),
    /^kernel\/a\.c: a combined diff/,
    '@@@ ',
  ));

test('what else a mail with a combined diff holds is kept, and the patch is not whole', async (t) => {
  const patch = await onlyPatch(mail({ body: patchBody(change() + combined + change('kernel/b.c')) }));
  t.false(patch.whole);
  t.is(patch.diff, change() + change('kernel/b.c'));
});

const stub = (old: string, next: string, more = ''): string =>
  `diff --git a/logo.bin b/logo.bin\n${more}index 1111111..2222222${more === '' ? ' 100644' : ''}\nBinary files ${old} and ${next} differ\n`;
for (const [what, diff] of Object.entries({
  changed: stub('a/logo.bin', 'b/logo.bin'),
  new: stub('/dev/null', 'b/logo.bin', 'new file mode 100644\n'),
  deleted: stub('a/logo.bin', '/dev/null', 'deleted file mode 100644\n'),
})) {
  test(`a binary file that is ${what} without its data is a problem`, (t) =>
    refused(t, diff, /^logo\.bin: .*holds none of its data; ask for git format-patch --binary/, 'Binary files'));
}

const binary = `diff --git a/x.bin b/x.bin
new file mode 100644
index 0000000000000000000000000000000000000000..eaf36c1daccfdf325514461cd1a2ffbc139b5464
GIT binary patch
literal 4
LcmZQzWMT#Y01f~L

literal 0
HcmV?d00001

`;

test('a binary patch goes through as it is, and what follows it is text', async (t) => {
  const tail = `---\nbase-commit: ${'0123456789'.repeat(4)}\n\nBest regards,\n-- \nAnn\n`;
  const patch = await onlyPatch(mail({ body: patchBody(binary + change(), { tail }) }));
  t.true(patch.whole, JSON.stringify(patch.problems));
  t.is(patch.diff, `${binary}\n${change()}`.replace('\n\n\ndiff', '\n\ndiff'));
  const last = await onlyPatch(mail({ body: patchBody(change() + binary, { tail }) }));
  t.true(last.whole, JSON.stringify(last.problems));
  t.is(last.diff.trimEnd(), (change() + binary).trimEnd());
});

test('a binary patch without prefixes is one of the same file', async (t) => {
  const patch = await onlyPatch(mail({ body: patchBody(binary.replace('a/x.bin b/x.bin', 'x.bin x.bin')) }));
  t.true(patch.whole, JSON.stringify(patch.problems));
});

for (const [what, from, to] of [
  ['a character is lost', 'LcmZQzWMT', 'LcmZQzMT'],
  ['a line is lost', 'LcmZQzWMT#Y01f~L\n', ''],
  ['another size is announced', 'literal 4', 'literal 5'],
  ['a character is another one', 'LcmZQzWMT', 'LcmZQzWXT'],
] as const) {
  test(`a binary patch in which ${what} is a problem`, (t) =>
    refused(t, binary.replace(from, to), /^x\.bin: the data of the binary patch is damaged/, 'GIT binary patch'));
}

test('a binary patch without any data is a problem', (t) =>
  refused(t, binary.slice(0, binary.indexOf('literal')), /^x\.bin: the binary patch holds no data/, 'GIT binary'));

test('a header with no hunk after it is a problem', (t) =>
  refused(t, change() + change('kernel/b.c').replace(/^@@[^]*$/m, ''), /^kernel\/b\.c: .*no hunk/, '+++ b/kernel/b.c'));

test('a new file without its content is a problem, an empty one is not', async (t) => {
  const created = (blob: string): string => `diff --git a/e b/e\nnew file mode 100644\nindex 0000000..${blob}\n`;
  await refused(t, created('1234567'), /^e: the header is there, but no hunk/, 'index ');
  const patch = await onlyPatch(mail({ body: patchBody(created('e69de29')) }));
  t.true(patch.whole, JSON.stringify(patch.problems));
});

test('one file in two parts of a patch is a problem: that is more than one patch', (t) =>
  refused(t, change() + change('kernel/b.c') + change(), /^kernel\/a\.c: .*twice/, 'diff --git'));

test('a link that replaces a file is that file twice, and right', async (t) => {
  const diff = `diff --git a/l b/l
deleted file mode 100644
index 1111111..0000000
--- a/l
+++ /dev/null
@@ -1 +0,0 @@
-one
diff --git a/l b/l
new file mode 120000
index 0000000..2222222
--- /dev/null
+++ b/l
@@ -0,0 +1 @@
+other
\\ No newline at end of file
`;
  const patch = await onlyPatch(mail({ body: patchBody(diff) }));
  t.true(patch.whole, JSON.stringify(patch.problems));
  t.is(patch.diff, diff);
});

test('files without hunks are found under prefixes of any kind', async (t) => {
  for (const [old, next] of [
    ['a', 'b'],
    ['i', 'w'],
    ['linux.orig', 'linux'],
  ]) {
    const diff = `diff --git ${old}/k/run.sh ${next}/k/run.sh\nold mode 100644\nnew mode 100755\ndiff --git ${old}/k/e ${next}/k/e\nnew file mode 100644\nindex 0000000..e69de29\n`;
    const patch = await onlyPatch(mail({ body: `Words.\n---\n k/run.sh | 0\n k/e | 0\n 2 files changed\n\n${diff}` }));
    t.deepEqual(patch.problems, []);
    t.deepEqual(patch.files, ['k/run.sh', 'k/e']);
    t.true(patch.whole);
  }
});
