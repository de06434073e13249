import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { readSeries } from '../../../harness/pipeline/series/read.ts';
import { openWorktree } from '../../../harness/pipeline/series/worktree.ts';
import { diffOf, forkChange, lines, mail, queue, schedChange, slabChange, spec } from '../../support/trees.ts';
import { bench, checkout, show, three } from '../../support/worktrees.ts';

test('each patch is a commit with its author, date and message', async (t) => {
  const { tree, open } = await bench(t);
  const { worktree } = await open(three);
  t.deepEqual(
    worktree.points.map(({ point, outcome }) => [point, outcome]),
    [
      [0, 'pass'],
      [1, 'pass'],
      [2, 'pass'],
      [3, 'pass'],
    ],
  );
  const commit = worktree.points[1]?.commit;
  t.is(
    await show(tree, '%an <%ae>|%aI|%s', commit),
    'Jörg Tester <joerg@example.org>|2024-01-01T10:00:00+01:00|fork: ten',
  );
  const body = 'Why fork: ten is good.\n\nSigned-off-by: Jörg Tester <joerg@example.org>';
  t.is((await show(tree, '%b', commit)).trim(), body);
  t.is(await show(tree, '%P', worktree.points[2]?.commit), commit ?? '');
  t.is(worktree.sources[1]?.id, await show(tree, '%T', commit));
  t.is(new Set(worktree.sources.map((source) => source?.id)).size, 4);
});

test('equal content gives equal ids, and made points are used again', async (t) => {
  const first = await bench(t);
  const second = await bench(t);
  const one = await first.open(three);
  const two = await second.open(three);
  t.deepEqual(
    one.worktree.points.map(({ commit }) => commit),
    two.worktree.points.map(({ commit }) => commit),
  );
  t.false(one.worktree.points[3]?.reused);
  await one.worktree.close();
  const again = await first.open({ ...three, 'three.patch': mail('slab: 31', diffOf({ ...slabChange, line: 31 })) });
  t.deepEqual(
    again.worktree.points.map(({ reused }) => reused),
    [true, true, true, false],
  );
});

test('a patch that does not apply names file and hunk and shows the reject', async (t) => {
  const { shop, open } = await bench(t);
  const wrong = { ...schedChange, from: 'sched something else' };
  const { worktree } = await open({
    'one.patch': three['one.patch'],
    'two.patch': mail('two', diffOf(forkChange2, wrong)),
    'three.patch': three['three.patch'],
    'four.patch': mail('four', diffOf({ ...slabChange, line: 50 })),
  });
  const [, one, two, last, four] = worktree.points;
  t.is(one?.outcome, 'pass');
  t.like(two, { outcome: 'fail', cause: { blame: 'kernel' } });
  t.is(two?.cause?.summary, 'patch 2 (two.patch) does not apply: kernel/sched.c, hunk 1 at line 17');
  t.true(two?.cause?.excerpt.includes('-sched something else'));
  t.true(two?.cause?.excerpt.includes('20  sched 20'));
  t.like(last, { outcome: 'not-run', cause: { summary: 'not run: patch 2 does not apply', blame: 'kernel' } });
  t.like(four, { point: 4, outcome: 'not-run' });
  t.deepEqual(
    worktree.sources.map((source) => source?.point),
    [0, 1, undefined, undefined, undefined],
  );
  const ends = shop.events.filter((event) => event.type === 'stage-end' && event.stage === 'apply');
  t.like(ends[0], { outcome: 'fail', cause: { blame: 'kernel' } });
});

const forkChange2 = { ...forkChange, line: 40 };

test('a patch that fits only with less context is applied where that is allowed, and told in every run', async (t) => {
  const { shop, tree, open } = await bench(t);
  const other = diffOf(schedChange).replace(' sched 18\n', ' not there\n');
  const patches = { 'one.patch': mail('fork: ten', diffOf(forkChange)), 'two.patch': mail('sched: twenty', other) };
  const { series, worktree: strict } = await open(patches);
  t.is(strict.points[2]?.outcome, 'fail');
  await strict.close();
  const said =
    'patch 2 (two.patch) applies with fuzz: kernel/sched.c:18: ' +
    'the patch expects "not there", the tree has "sched 18"';
  for (const times of [1, 2]) {
    const loose = await openWorktree({ tree, series: { ...series, fuzz: 2 } }, shop.context);
    t.teardown(() => loose.close());
    t.is(loose.points[2]?.outcome, 'pass');
    t.is(shop.notes().filter((note) => note === said).length, times, shop.notes().join('\n'));
    const text = await readFile(path.join(await checkout(loose, 2), 'kernel/sched.c'), 'utf8');
    t.is(text, lines(60, 'sched').replace('sched 20\n', 'sched twenty\n'));
    await loose.close();
  }
  // With a fuzz of one, two lines on either side have to fit.
  const tight = await openWorktree({ tree, series: { ...series, fuzz: 1 } }, shop.context);
  t.teardown(() => tight.close());
  t.is(tight.points[2]?.outcome, 'fail');
  await tight.close();
  const again = await openWorktree({ tree, series }, shop.context);
  t.teardown(() => again.close());
  t.is(again.points[2]?.outcome, 'fail', 'what was applied loosely is not what fits');
});

test('a patch to a file that is not there says so', async (t) => {
  const { open } = await bench(t);
  const { worktree } = await open({ 'one.patch': mail('one', diffOf({ ...forkChange, file: 'kernel/none.c' })) });
  t.is(
    worktree.points[1]?.cause?.summary,
    'patch 1 (one.patch) does not apply: kernel/none.c: does not exist in the tree',
  );
});

test('a patch that stands in the tree already says so', async (t) => {
  const { open } = await bench(t);
  const { worktree } = await open({ 'one.patch': three['one.patch'], 'again.patch': three['one.patch'] });
  t.regex(worktree.points[2]?.cause?.summary ?? '', /patch 2 \(again\.patch\) .*has its changes already/);
});

test('a new file over one that exists does not apply', async (t) => {
  const { open } = await bench(t);
  const diff =
    'diff --git a/Makefile b/Makefile\nnew file mode 100644\n--- /dev/null\n+++ b/Makefile\n@@ -0,0 +1 @@\n+x\n';
  const { worktree } = await open({ 'one.patch': mail('one', diff) });
  t.is(worktree.points[1]?.cause?.summary, 'patch 1 (one.patch) does not apply: Makefile: already exists in the tree');
});

test('a patch cannot write through a link of the tree', async (t) => {
  const { open } = await bench(t);
  const diff =
    'diff --git a/scripts/link/x b/scripts/link/x\nnew file mode 100644\n--- /dev/null\n+++ b/scripts/link/x\n@@ -0,0 +1 @@\n+x\n';
  const { worktree } = await open({ 'one.patch': mail('one', diff) });
  t.like(worktree.points[1], { outcome: 'fail', cause: { blame: 'kernel' } });
});

test('a link that leads out of the tree is refused even when only git can read the patch', async (t) => {
  const { shop, tree } = await bench(t);
  const diff =
    'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n\\ No newline at end of file\n';
  const directory = await queue(shop, 'q', { 'one.patch': three['one.patch'] });
  const series = await readSeries(spec(directory));
  // The file changes between reading and applying, as somebody may do who edits the queue.
  await shop.write('q/one.patch', mail('link', diff));
  await t.throwsAsync(openWorktree({ tree, series }, shop.context), {
    instanceOf: UserError,
    message: /symbolic link to \/etc/,
  });
});
