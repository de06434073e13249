import test from 'ava';
import { describeLoose, looseHunks, parseReductions } from '../../../harness/series/loose.ts';

const diff = `diff --git a/kernel/fork.c b/kernel/fork.c
--- a/kernel/fork.c
+++ b/kernel/fork.c
@@ -3,7 +3,8 @@ int fork(void)
 three
 four
 five
-six
+SIX
+six and a half
 seven
 eight
 nine
@@ -20,6 +21,7 @@
 twenty
 another
 twenty-two
+new
 twenty-three
 twenty-four
 
-- 
2.39.2
`;

// The form of git 2.39.
const log = `Checking patch kernel/fork.c...
Hunk #2 succeeded at 23 (offset 2 lines).
Context reduced to (1/2) to apply fragment at 23
Applied patch kernel/fork.c cleanly.
`;

const words = [
  ...['one', 'two', 'three', 'four', 'five', 'SIX', 'six and a half', 'seven', 'eight', 'nine'],
  ...Array.from({ length: 10 }, (_, index) => `filler ${index}`),
  ...['twenty', '  twenty-one', 'twenty-two', 'new', 'twenty-three', 'twenty-four', 'end'],
];

test('what git reduced is read, by file', (t) => {
  t.deepEqual(parseReductions(log), [{ file: 'kernel/fork.c', line: 23, before: 1, after: 2 }]);
  const renamed = 'Checking patch a.c => "b\\303\\244.c"...\nContext reduced to (2/2) to apply fragment at 7\n';
  t.deepEqual(parseReductions(renamed), [{ file: 'bä.c', line: 7, before: 2, after: 2 }]);
  t.deepEqual(parseReductions('Checking patch a.c...\nHunk #1 succeeded at 3 (offset 1 line).\n'), []);
});

test('the lines that differ are told, with what stands there', (t) => {
  const text = words.join('\n');
  const [hunk, ...more] = looseHunks(diff, log, new Map([['kernel/fork.c', text]]));
  t.deepEqual(more, []);
  t.deepEqual(hunk, {
    file: 'kernel/fork.c',
    line: 22,
    differences: [
      { expected: 'another', found: '  twenty-one' },
      { expected: '', found: 'end' },
    ],
  });
  t.is(
    hunk === undefined ? '' : describeLoose('a.patch', hunk),
    'a.patch applies with fuzz: kernel/fork.c:22: the patch expects "another", the tree has "twenty-one" (and 1 more line)',
  );
});

test('after the end of a file there is nothing', (t) => {
  const text = words.slice(0, -1).join('\n');
  const [hunk] = looseHunks(diff, log, new Map([['kernel/fork.c', text]]));
  t.deepEqual(hunk?.differences.at(-1), { expected: '', found: undefined });
  const last = hunk === undefined ? undefined : { ...hunk, differences: hunk.differences.slice(1) };
  t.is(
    last && describeLoose('a.patch', last),
    'a.patch applies with fuzz: kernel/fork.c:22: the patch expects "", the file ends',
  );
});

test('a hunk that cannot be found in the text keeps its place', (t) => {
  const [hunk] = looseHunks(diff, log, new Map([['kernel/fork.c', 'other\n']]));
  t.deepEqual(hunk, { file: 'kernel/fork.c', line: 23, differences: [] });
  t.is(hunk && describeLoose('a.patch', hunk), 'a.patch applies with fuzz: kernel/fork.c:23');
});
