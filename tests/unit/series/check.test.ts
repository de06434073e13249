import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { checkPatch, type PatchToCheck } from '../../../harness/series/check.ts';

const good = 'diff --git a/x/y b/x/y\n--- a/x/y\n+++ b/x/y\n@@ -1 +1 @@\n-a\n+b\n';

function failure(patch: Partial<PatchToCheck>): UserError {
  try {
    checkPatch({ file: '/q/p.patch', diff: good, paths: ['x/y'], problem: undefined, ...patch });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('the paths of a good patch are sorted, old and new names alike', (t) => {
  const diff = `diff --git a/b b/a\nsimilarity index 90%\nrename from b\nrename to a\n${good}`;
  const paths = checkPatch({ file: 'p', diff, paths: ['a', 'x/y'], problem: undefined });
  t.deepEqual(paths, ['a', 'b', 'x/y']);
});

test('a patch without a diff', (t) => {
  const problem = 'error: No valid patches in input (allow with "--allow-empty")';
  t.is(failure({ diff: 'words\n', paths: [], problem }).message, 'the patch has no diff in it');
  t.is(failure({ diff: '', paths: [] }).message, 'the patch has no diff in it');
});

test('a patch with Windows line ends says how to mend it', (t) => {
  const error = failure({ diff: good.replaceAll('\n', '\r\n') });
  t.regex(error.message, /Windows line ends/);
  t.regex(error.hint ?? '', /sed -i .* \/q\/p\.patch/);
});

test('a damaged patch passes on what git says', (t) => {
  const error = failure({ problem: 'error: corrupt patch at line 6' });
  t.is(error.message, 'git cannot read the patch: corrupt patch at line 6');
  t.deepEqual(error.location, { file: '/q/p.patch' });
});

test("a path that only git's reading shows is refused too", (t) => {
  t.regex(failure({ paths: ['../../etc/passwd'] }).message, /touches \.\.\/\.\.\/etc\/passwd, which leads out/);
});

test('a link out of the tree is refused', (t) => {
  const diff = 'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n';
  t.regex(failure({ diff, paths: ['l'] }).message, /makes l a symbolic link to \/etc, which is outside/);
});
