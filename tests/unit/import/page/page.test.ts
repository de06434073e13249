import test from 'ava';
import { readSource, recover } from '../../../../harness/import/index.ts';
import { bytes, demo, demoDiff, demoTree, essence, message, recoverText } from '../fixture.ts';
import { change, mail, onlyPatch, patchBody } from '../mails.ts';

const prose = 'The limit was a number in the code.\n\nSigned-off-by: Ada Example <ada@example.org>';

/** As a forum shows it: a space in front of each line, no white space at the beginning of context, broken entities. */
function forum(diff: string): string {
  return diff
    .split('\n')
    .map((line) => {
      if (line.startsWith('diff --git ')) return `Index: x/${line.replace(/.* b\//, '')}\n ===== =====`;
      const shown = line.startsWith(' ') ? line.trim() : line;
      return shown.replace(/&current/g, '¤t');
    })
    .map((line) => ` ${line}`)
    .join('\n');
}

test('forum text gets white space and entities back from the tree', async (t) => {
  const text = ` Subject: [PATCH 1/1] demo: a limit that can be changed
 Posted by Ada Example on Mon, 02 Jul 2007 08:00:00 GMT
 View Forum Message <> Reply to Message

 ${prose.replaceAll('\n', '\n ')}
 ---

${forum(demoDiff)}`;
  const { message: read, patch } = await recoverText(text, demoTree());
  t.deepEqual(patch.problems, []);
  t.is(essence(patch.diff), essence(demoDiff));
  t.is(read.text, prose);
  t.deepEqual(read.author, { name: 'Ada Example', email: 'ada@example.org' });
  t.is(read.date, 'Mon, 02 Jul 2007 08:00:00 GMT');
});

test('forum text without a tree is refused, and the message says that a tree would help', async (t) => {
  const { patch } = await recoverText(` Subject: [PATCH] x\n\n${forum(demoDiff)}`);
  t.false(patch.whole);
  t.true(patch.problems.every(({ text }) => text.includes('--tree')));
});

test('a wrongly decoded entity in an added line is undone where the word is known', async (t) => {
  const diff = demoDiff.replace('wake_up_process(current)', 'wake_up(&current->seen)');
  const { patch } = await recoverText(forum(diff).replace(/^/, ' Subject: [PATCH] x\n\n'), demoTree());
  t.deepEqual(patch.problems, []);
  t.true(patch.diff.includes('+\twake_up(&current->seen);'));
  t.true(patch.repairs.some(({ text }) => text.includes('&current')));
});

test('an entity whose word nobody knows is a problem with its line', async (t) => {
  const diff = demoDiff.replace('wake_up_process(current)', 'wake_up(¶ms)');
  const text = ` Subject: [PATCH] x\n\n${forum(diff)}`;
  const { patch } = await recoverText(text, demoTree());
  t.is(patch.problems.length, 1);
  t.is(patch.problems[0]?.line, text.split('\n').findIndex((line) => line.includes('¶')) + 1);
  t.regex(patch.problems[0]?.text ?? '', /&params/);
});

test('a post that ends in dots keeps its whole hunks and tells where it was cut', async (t) => {
  const lines = forum(demoDiff).split('\n');
  const cut = lines.findIndex((line) => line.includes('+\tif (seen < demo_limit)'));
  const text = [' Subject: [PATCH] x', '', ...lines.slice(0, cut + 1), ' seen...'].join('\n');
  const { patch } = await recoverText(text, demoTree());
  t.false(patch.whole);
  t.true(
    patch.problems.some((one) => one.line === cut + 4 || one.text.includes('...')),
    JSON.stringify(patch.problems),
  );
  t.true(patch.diff.includes('+#include <linux/demo.h>'));
  t.false(patch.diff.includes('demo_limit)'));
});

test('several posts of one page are several patches', async (t) => {
  const { readSource } = await import('../../../../harness/import/index.ts');
  const post = (number: number): string =>
    ` Subject: [PATCH ${number}/2] part ${number}\n Posted by Ada Example on Mon, 02 Jul 2007 08:00:00 GMT\n\n Words.\n\n${forum(demoDiff)}\n`;
  const found = readSource('page', bytes(post(1) + post(2)));
  t.deepEqual(
    found.map(({ subject }) => subject.index),
    [1, 2],
  );
});

function expandTabs(text: string): string {
  let out = '';
  for (const char of text) out += char === '\t' ? ' '.repeat(8 - (out.length % 8)) : char;
  return out;
}

const gitweb = (body: string, list: string): string => `projects / linux.git / commitdiff
summary | shortlog | log | commit | commitdiff | tree
raw | patch | inline | side by side (parent: 1234567)
demo: a limit that can be changed

author	Ada Example <ada@example.org>
	Mon, 2 Jul 2007 08:00:00 +0000 (10:00 +0200)
committer	Carl Third <carl@example.net>
	Tue, 3 Jul 2007 08:00:00 +0000 (10:00 +0200)
commit	0123456789abcdef0123456789abcdef01234567
tree	89abcdef0123456789abcdef0123456789abcdef	tree | snapshot
parent	123456789abcdef0123456789abcdef012345678	commit | diff

${prose}

${list}

${body}`;

const oldHeader = '4cdc4cbf1d'.slice(0, 7);

test('a commit page without names gets them from its list, and the bytes from the tree', async (t) => {
  const body = demoDiff
    .split('\n')
    .filter((line) => !/^(diff|---|\+\+\+) /.test(line))
    .map(expandTabs);
  const starts = body.flatMap((line, index) => (/^@@ -[12],/.test(line) ? [index] : []));
  for (const [number, at] of starts.entries())
    body.splice(at + number, 0, `index ${oldHeader}..abcdef${number} 100644`);
  const list = 'include/linux/demo.h\t\tpatch | blob | history\nkernel/demo.c\t\tpatch | blob | history';
  const { message: read, patch } = await recoverText(gitweb(body.join('\n'), list), demoTree());
  t.deepEqual(patch.problems, []);
  t.is(essence(patch.diff), essence(demoDiff));
  t.deepEqual(patch.files, ['include/linux/demo.h', 'kernel/demo.c']);
  t.is(read.text, prose);
  t.is(read.subject.title, 'demo: a limit that can be changed');
  t.deepEqual(read.author, { name: 'Ada Example', email: 'ada@example.org' });
  t.is(read.date, 'Mon, 2 Jul 2007 08:00:00 +0000');
});

test('hunks without any header line go to the file in which they fit', async (t) => {
  const body = demoDiff
    .split('\n')
    .filter((line) => !/^(diff|---|\+\+\+) /.test(line))
    .join('\n');
  const list = 'include/linux/demo.h | 1 +\nkernel/demo.c | 5 ++++-\nkernel/other.c | 2 +-\n';
  const { patch } = await recoverText(gitweb(body, `---\n${list}`), demoTree({ 'kernel/other.c': 'int x;\n' }));
  t.deepEqual(patch.problems, []);
  t.is(essence(patch.diff), essence(demoDiff));
});

test('without a list and without names the hunks are refused', async (t) => {
  const body = demoDiff.replace(/^(diff|---|\+\+\+) .*\n/gm, '');
  const { patch } = await recoverText(`x: y\n\nWords.\n\n${body}`, demoTree());
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', /it is unclear which file/);
  t.is(patch.diff, '');
});

/** As markdown made of a PDF shows it: fences across the hunks, four spaces for a tab in context, one in added lines. */
function markdown(diff: string): string {
  return diff
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('diff ')) return [];
      const shown = line.startsWith(' ') ? line.slice(1).replaceAll('\t', '    ') : line.replaceAll('\t', ' ');
      return line.includes('seen++') ? [shown, '```', '', '```', ''] : [shown];
    })
    .join('\n');
}

test('markdown with fences across the patch comes back with the tree', async (t) => {
  const text = `Subject: [PATCH 1/2] demo: a limit\nPosted by [Ada Example](#) on Mon, 02 Jul 2007 08:00:00 GMT\n[View Forum Message](#) <> [Reply to Message](#)\n\n${prose}\n\n\`\`\`\n---\n 2 files changed, 5 insertions(+), 1 deletion(-)\n\`\`\`\n\n\`\`\`\n${markdown(demoDiff)}\n\`\`\`\n`;
  const { message: read, patch } = await recoverText(text, demoTree());
  t.deepEqual(patch.problems, []);
  t.is(essence(patch.diff), essence(demoDiff));
  t.is(read.text, prose);
  t.true(patch.repairs.some((one) => /tabs of \d added lines? put back/.test(one.text)));
});

test('a blank line after every line is taken out, also behind blank lines', async (t) => {
  const text = `demo: x\n\nWords.\n\n${demoDiff}`.replaceAll('\n', '\n\n');
  const { patch } = await recoverText(text);
  t.deepEqual(patch.problems, []);
  t.is(essence(patch.diff), essence(demoDiff));
});

test('an HTML page shows its patch', async (t) => {
  const escaped = (message + demoDiff).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const page = `<!DOCTYPE html>\n<html><head><title>x</title><style>p {}</style></head><body>\n<h1>demo</h1><pre>${escaped}</pre><p>Foot</p></body></html>\n`;
  const { message: read, patch } = await recoverText(page);
  t.deepEqual(patch.problems, []);
  t.is(patch.diff, demoDiff);
  t.is(read.subject.title, 'demo: a limit that can be changed');
  t.is(read.text, prose);
  t.is(page.split('\n')[(read.diff[0]?.number ?? 0) - 1], 'diff --git a/include/linux/demo.h b/include/linux/demo.h');
});

test('references that were left in the text of a page are decoded', async (t) => {
  const coded = demoDiff.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const { patch } = await recoverText(`demo: x\n\nWords.\n\n${coded}`);
  t.is(patch.diff, demoDiff);
  t.true(demo.includes('<'));
});

test('a bare patch with a description is clean', async (t) => {
  const { message: read, patch } = await recoverText(`demo: a limit\n\nWords\nof two lines.\n\n${demoDiff}`);
  t.false(read.mangled);
  t.is(read.subject.title, 'demo: a limit');
  t.is(read.text, 'Words\nof two lines.');
  t.is(patch.diff, demoDiff);
  t.deepEqual([...patch.repairs, ...patch.notes, ...patch.problems, ...read.findings.repairs], []);
});

test('the output of git show gives author, date and message', async (t) => {
  const text = `commit 0123456789abcdef0123456789abcdef01234567\nAuthor: Ada Example <ada@example.org>\nDate:   Mon Jul 2 10:00:00 2007 +0200\n\n    demo: a limit\n    \n    Words.\n\n${demoDiff}`;
  const { message: read, patch } = await recoverText(text);
  t.is(read.subject.title, 'demo: a limit');
  t.is(read.text, 'Words.');
  t.deepEqual(read.author, { name: 'Ada Example', email: 'ada@example.org' });
  t.is(patch.diff, demoDiff);
});

test('context that a page marks as added is context where the counts and the tree say so', async (t) => {
  const shown = demoDiff.replace(' \n #endif\n', '+\n+#endif\n');
  const { patch } = await recoverText(`demo: x\n\nWords.\n\n${shown}`, demoTree());
  t.deepEqual(patch.problems, []);
  t.is(essence(patch.diff), essence(demoDiff));
  const { patch: without } = await recoverText(`demo: x\n\nWords.\n\n${shown}`);
  t.false(without.whole);
});

const bare = async (text: string): Promise<string | undefined> => {
  const [message] = readSource('one.patch', text);
  return message && (await recover(message)).diff;
};

test('a bare patch keeps its bytes: those of another charset, spaces and marks that its files hold', async (t) => {
  for (const word of ['\u00e4\u00f6', 'a\u00c2\u00a0b', 'a\u00e2\u0080\u008bb', '\u00c3\u00a4']) {
    const diff = change('kernel/a.c', `x; /* ${word} */`);
    t.is(await bare(`Words.\n---\n${diff}`), diff);
  }
  const mark = '\u00ef\u00bb\u00bf';
  const unmarked = `--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@\n-${mark}int one;\n+int one;\n int two;\n`;
  t.is(await bare(unmarked), unmarked);
  t.is(await bare(`${mark}${change()}`), change());
});

test('a new file that is not the one its index line names is a problem, also without a tree', async (t) => {
  const added = (text: string): string =>
    `diff --git a/n.c b/n.c\nnew file mode 100644\nindex 0000000..d8805c9\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+${text}\n`;
  for (const around of [(diff: string) => mail({ body: patchBody(diff) }), (diff: string) => diff]) {
    t.true((await onlyPatch(around(added('int n;')))).whole);
    const edited = await onlyPatch(around(added('int m;')));
    t.false(edited.whole);
    t.regex(edited.problems[0]?.text ?? '', /not the file that the index line names/);
  }
});
