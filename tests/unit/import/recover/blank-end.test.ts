import test from 'ava';
import { demoDiff, demoTree, message, recoverText } from '../fixture.ts';
import { onlyPatch } from '../mails.ts';

const head = 'From: Ann Author <ann@example.org>\nSubject: [PATCH] one\n\nWords.\n---\n';

/** A hunk whose last line of context is lost, or empty; then what stands below it. */
const hunk = (below: string, middle = ' int b;\n'): string =>
  `diff --git a/k.c b/k.c\n--- a/k.c\n+++ b/k.c\n@@ -1,4 +1,5 @@\n int a;\n${middle}+int n;\n int c;\n${below}`;

const notWhole = /^the hunk is not whole: its header announces 4 old and 5 new lines, the source has 3 and 4, beside/;

for (const [what, below] of Object.entries({
  'a signature': '\n-- \n2.39.5\n',
  nothing: '\n',
  prose: '\n\nThat is all.\n',
})) {
  test(`a blank line above ${what} is no line of context that was lost`, async (t) => {
    const patch = await onlyPatch(head + hunk(below));
    t.false(patch.whole);
    t.regex(patch.problems[0]?.text ?? '', notWhole);
  });
}

test('nor on a page', async (t) => {
  const { patch } = await recoverText(`<html><body><pre>${head}${hunk('\n\nfoot of the page\n')}</pre></body></html>`);
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', notWhole);
});

test('it is context where the source shows that it takes spaces at ends away', async (t) => {
  for (const text of [hunk('\n-- \n2.39.5\n', '\n'), hunk('\n--\n2.39.5\n')]) {
    const patch = await onlyPatch(head + text);
    t.true(patch.whole, JSON.stringify(patch.problems));
    t.true(patch.diff.endsWith(' int c;\n \n'));
  }
});

test('and where the tree has it', async (t) => {
  // The last hunk then ends in an empty line and the one after it.
  const text =
    message + demoDiff.replace(' \n \treturn ret;\n', ' \n').replace('@@ -13,10 +14,12 @@', '@@ -13,9 +14,11 @@');
  const cut = text.replace(/ \n$/, '\n');
  const { patch } = await recoverText(cut, demoTree());
  t.true(patch.whole, JSON.stringify(patch.problems));
  t.true(patch.diff.endsWith(' \tspin_unlock(&current->alloc_lock);\n \n'));
});
