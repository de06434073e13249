import test from 'ava';
import { bestPlace, describeHunk, firstRefusal, parseReject, parseRejectLog } from '../../../harness/series/reject.ts';

const rej = `diff a/kernel/fork.c b/kernel/fork.c\t(rejected hunks)
@@ -10,3 +10,4 @@ int fork(void)
 	int a;
 	int b;
+	int new;
 	return a;
@@ -30 +31 @@
-	gone();
+	come();
`;

test('the hunks of a .rej file with the numbers that git announced', (t) => {
  const log = `Checking patch kernel/fork.c...
error: while searching for:
error: patch failed: kernel/fork.c:10
Applying patch kernel/fork.c with 2 rejects...
Rejected hunk #1.
Hunk #2 applied cleanly.
Rejected hunk #3.
Applying patch kernel/exit.c with 1 reject...
Rejected hunk #1.
`;
  const numbers = parseRejectLog(log);
  t.deepEqual(
    [...numbers],
    [
      ['kernel/fork.c', [1, 3]],
      ['kernel/exit.c', [1]],
    ],
  );
  const hunks = parseReject(rej, 'kernel/fork.c', numbers.get('kernel/fork.c') ?? []);
  t.deepEqual(
    hunks.map(({ number, line, lines }) => [number, line, lines.length]),
    [
      [1, 10, 5],
      [3, 30, 3],
    ],
  );
});

test('the place that agrees most is shown, the nearer one of two', (t) => {
  const [hunk] = parseReject(rej, 'kernel/fork.c', [1]);
  if (hunk === undefined) throw new Error('no hunk');
  const filler = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
  const copy = ['\tint a;', '\tint c;', '\treturn a;'];
  const text = [...copy, ...filler, ...copy, ...filler];
  t.is(bestPlace(text, hunk), 0);
  t.is(bestPlace(text, { ...hunk, line: 22 }), 23);
});

test('an excerpt shows the hunk and what the tree has instead', (t) => {
  const [hunk] = parseReject(rej, 'kernel/fork.c', [1]);
  if (hunk === undefined) throw new Error('no hunk');
  const text = `${'x\n'.repeat(11)}\tint a;\n\tint c;\n\treturn a;\n`;
  t.deepEqual(describeHunk(hunk, text), [
    'kernel/fork.c: hunk 1 (line 10) is rejected:',
    ...hunk.lines,
    'the tree has there:',
    '12  \tint a;',
    '13  \tint c;',
    '14  \treturn a;',
  ]);
});

test('a huge hunk is cut', (t) => {
  const lines = ['@@ -1,100 +1,100 @@', ...Array.from({ length: 100 }, (_, index) => `-${index}`)];
  const excerpt = describeHunk({ file: 'f', number: 1, line: 1, lines }, undefined);
  t.true(excerpt.length < 40);
  t.is(excerpt.at(-1), '… 71 more lines');
});

for (const [stderr, wanted] of [
  [
    'error: patch failed: kernel/fork.c:10\nerror: kernel/fork.c: patch does not apply\n',
    { file: 'kernel/fork.c', line: 10, text: 'does not apply' },
  ],
  ['error: kernel/none.c: does not exist in index\n', { file: 'kernel/none.c', text: 'does not exist in index' }],
  ['fatal: odd\n', { text: 'odd' }],
  ['', { text: 'does not apply' }],
] as const) {
  test(`what git says: ${JSON.stringify(stderr)}`, (t) => {
    t.deepEqual(firstRefusal(stderr), wanted);
  });
}
