import test from 'ava';
import { readSource, recover } from '../../../../harness/import/index.ts';
import { bytes } from '../fixture.ts';
import { change, mail, onlyPatch, patchBody } from '../mails.ts';

/** What people, programs and lists put under a diff. */
const tails: Readonly<Record<string, string>> = {
  'the signature of git': '-- \n2.39.5\n',
  'what b4 writes': `\n---\nbase-commit: ${'0123456789'.repeat(4)}\nchange-id: 20240101-one-0123456789ab\n\nBest regards,\n-- \nAnn Author <ann@example.org>\n`,
  'a rule and a change log': '---\nv2: renamed\n-- \n2.39.5\n',
  'a dash and the foot of a list':
    '-\nTo unsubscribe from this list: send the line "unsubscribe x" in\nthe body of a message to majordomo@example.org\n',
  'two dashes without a space': '--\nTo unsubscribe, send a message with "unsubscribe y" to majordomo@example.org\n',
  'a long rule and the foot of a list': '\n_______________________________________________\nDevel mailing list\n',
  'a name after a dash': '-ann\n',
  'a list with dashes': '- this one is tested\n- the other is not\n',
  'base and prerequisites': `\nbase-commit: ${'0123456789'.repeat(4)}\nprerequisite-patch-id: ${'9876543210'.repeat(4)}\n-- \n2.39.5\n`,
  'a question about another change': '\nOr should it say `diff -u old new` there?\n\n--- or not\n',
  'a rule of a company': '\n----------------------------------------\nThis message is confidential; delete it.\n',
  'a second text after the signature': '-- \n2.39.5\n\n\n_____\nlist mailing list\nhttps://lists.example.org/\n',
  'a hunk that somebody asks about': '\nDo you mean\n  @@ -1 +1 @@\nhere?\n',
  nothing: '',
};
for (const [what, tail] of Object.entries(tails)) {
  test(`met counts end the diff: ${what} is text`, async (t) => {
    const patch = await onlyPatch(mail({ body: patchBody(change(), { tail }) }));
    t.true(patch.whole);
    t.deepEqual([...patch.problems, ...patch.repairs], []);
    t.is(patch.diff, change());
  });
}

const descriptions: Readonly<Record<string, string>> = {
  'loose hunks': 'The test prints:\n\n+++ out.bad\n@@ -1,2 +1,2 @@\n Running\n-1\n+11\n\nso fix it.',
  'what a comparison prints, with both names':
    'It differs:\n\n--- good.out\n+++ bad.out\n@@ -1 +1 @@\n-1\n+2\n\nSo fix it.',
  'a command line': 'Compare with\ndiff -u old new\nand see.',
  'a word with a colon': 'Index: of the page\nis wrong here.',
  'a line of git': 'diff --git is what to run,\nas all know.',
  'a rule of dashes': '--- old words\nare not good.',
};
for (const [what, text] of Object.entries(descriptions)) {
  test(`a description may hold ${what}`, async (t) => {
    const patch = await onlyPatch(mail({ body: patchBody(change(), { text }) }));
    t.true(patch.whole, JSON.stringify(patch.problems));
    t.is(patch.diff, change());
    t.true(patch.message.text.startsWith(text), patch.message.text);
  });
}

test('a diff whose description has no rule after it begins at its names', async (t) => {
  const patch = await onlyPatch(mail({ body: `Words.\n\n${change()}\nThat is all.\n` }));
  t.is(patch.diff, change());
  t.is(patch.message.text, 'Words.');
});

const twoHunks = `${change()}@@ -30,3 +31,4 @@ static void stop(void)
 	one();
 	two();
+	more();
 	three();
`;

test('counts that are too small for the last hunk are a problem with the line that would be lost', async (t) => {
  const diff = twoHunks.replace('@@ -30,3 +31,4 @@', '@@ -30,2 +31,3 @@');
  const text = mail({ body: patchBody(diff) });
  const patch = await onlyPatch(text);
  t.false(patch.whole);
  const [problem] = patch.problems;
  t.regex(problem?.text ?? '', /1 line of a diff after a hunk that is whole by the counts/);
  t.is(text.split('\n')[(problem?.line ?? 0) - 1], ' \tthree();');
});

test('counts that are too small for a hunk with another one below are a problem', async (t) => {
  const patch = await onlyPatch(mail({ body: patchBody(twoHunks.replace('-10,4 +10,5', '-10,3 +10,4')) }));
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', /announces too few/);
});

test('an empty added line below a blank one, which no count takes in, is a problem', async (t) => {
  const diff = '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n one\n two\n\n+\n';
  const patch = await onlyPatch(mail({ body: patchBody(diff) }));
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', /1 line of a diff after a hunk/);
});

test('a quoted hunk whose header was cut in two is a problem, where an empty line of context lost its space', async (t) => {
  const diff = `--- a/x\n+++ b/x\n@@ -1,4 +1,3 @@\n one\n-two\n\n three\n@@ -30,3\n+29,4 @@\n four\n five\n+six;\n seven\n`;
  const quoted = patchBody(diff).replace(/^/gm, '> ');
  const patch = await onlyPatch(mail({ body: `On Monday Ann wrote:\n${quoted}\nFine.\n` }));
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', /2 lines of a diff after a hunk/);
});

test('a mail that was cut before the last removed line does not take its signature for it', async (t) => {
  const diff = `--- a/x\n+++ b/x\n@@ -1,3 +1 @@\n one\n-two\n-three\n`;
  t.true((await onlyPatch(mail({ body: patchBody(diff) }))).whole);
  const patch = await onlyPatch(mail({ body: patchBody(diff.replace('-three\n', '')) }));
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', /the mail ends before its last line/);
});

test('counts that swallow the names of the next file are a problem, not a hunk', async (t) => {
  const next = change('kernel/b.c').replace(/^diff.*\nindex.*\n/, '');
  const patch = await onlyPatch(mail({ body: patchBody(change().replace('-10,4 +10,5', '-10,5 +10,6') + next) }));
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', /form of a file's header/);
});

test('a mail cut in a hunk is told with what the header announces', async (t) => {
  const cut = twoHunks.split('\n').slice(0, -3).join('\n');
  const patch = await onlyPatch(mail({ body: patchBody(`${cut}\n`) }));
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', /announces 3 old and 4 new lines, the source has 2 and 2/);
});

test('lines that lost their hunk header are named with their place', async (t) => {
  const text = mail({ body: patchBody(change().replace(/^@@.*\n/m, '')) });
  const patch = await onlyPatch(text);
  t.false(patch.whole);
  const [problem] = patch.problems;
  t.regex(problem?.text ?? '', /5 lines of a diff without a hunk header/);
  t.is(text.split('\n')[(problem?.line ?? 0) - 1], ' \tint one;');
});

test('lines that lost their hunk header far above another hunk are named, too', async (t) => {
  const many = Array.from({ length: 30 }, (_, number) => `+	line${number};\n`).join('');
  const diff = `${change().replace(/^@@.*\n/m, '')}${many}@@ -30,3 +31,4 @@\n one\n two\n+more\n three\n`;
  const patch = await onlyPatch(mail({ body: patchBody(diff) }));
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', /35 lines of a diff without a hunk header/);
});

test('the bytes of a diff stay, with bytes of any charset and line ends of its own', async (t) => {
  const diff = change().replace('fresh;', `fresh; /* ${bytes('ö')} \xe4 */`);
  const dos = change('kernel/dos.c').replace(/^([ +].*;)$/gm, '$1\r');
  const message = readSource('mail', mail({ body: patchBody(diff + dos) }))[0];
  if (message === undefined) return t.fail();
  const patch = await recover(message);
  t.true(patch.whole);
  t.is(patch.diff, diff + dos);
});

for (const [what, tail] of Object.entries(tails)) {
  test(`a bare patch ends as a mail does: ${what} is text`, async (t) => {
    const patch = await onlyPatch(`Subject: kernel: one\n\n${patchBody(change(), { tail })}`);
    t.true(patch.whole, JSON.stringify(patch.problems));
    t.is(patch.diff, change());
  });
}

test('a bare patch may hold loose hunks in its description', async (t) => {
  const text = descriptions['loose hunks'] ?? '';
  const patch = await onlyPatch(`Subject: kernel: one\n\n${patchBody(change(), { text })}`);
  t.is(patch.diff, change());
  t.true(patch.message.text.includes('+++ out.bad'));
});
