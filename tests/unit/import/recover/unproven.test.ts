import { createHash } from 'node:crypto';
import test from 'ava';
import { readSource, recover } from '../../../../harness/import/index.ts';

const idOf = (content: string): string =>
  createHash('sha1').update(`blob ${content.length}\0${content}`).digest('hex').slice(0, 12);

/** What is said against a diff that stands alone, and the patch that comes of it. */
async function alone(diff: string): Promise<{ readonly problems: readonly string[]; readonly patch: string }> {
  const [message] = readSource('a.patch', diff);
  if (message === undefined) throw new Error('no patch');
  const { problems, diff: patch } = await recover(message);
  return { problems: problems.map(({ text }) => text), patch };
}

test('references in the text of a program stay as they are', async (t) => {
  const diff =
    'diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1,2 +1,2 @@\n-old;\n+puts("a &lt; b &amp;&amp; c");\n kept;\n';
  t.true((await alone(diff)).patch.includes('+puts("a &lt; b &amp;&amp; c");'));
});

test('a file that is removed must be the one of the index line', async (t) => {
  const removal = (id: string, end = ''): string =>
    `diff --git a/a.c b/a.c\ndeleted file mode 100644\nindex ${id}..000000000000\n--- a/a.c\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-\ttwo\n${end}`;
  const mark = '\\ No newline at end of file\n';
  t.deepEqual((await alone(removal(idOf('one\n\ttwo\n')))).problems, []);
  t.deepEqual((await alone(removal(idOf('one\n\ttwo'), mark))).problems, []);
  for (const wrong of [removal(idOf('one\n two\n')), removal(idOf('one\n\ttwo\n'), mark)])
    t.regex(
      (await alone(wrong)).problems.join('\n'),
      /the file that is removed is not the one that the index line names/,
    );
});
