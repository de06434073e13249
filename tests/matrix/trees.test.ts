/**
 * The genuine trees of 2007, where QUILTBOOT_TREES says where they are. The cases use the user's own cache, like the tests
 * of the main job.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa, execaSync } from 'execa';
import type { Cell, Run } from '../../harness/model/index.ts';
import { parseOverride } from '../../harness/tree/override.ts';
import { withTree } from '../support/given-trees.ts';
import { emptyPlace, type Place, placeIn, root } from '../support/program.ts';

/** Runs the program in the project's own directory; resolves with the run that it stored. */
async function ending(t: ExecutionContext, status: number, ...words: string[]): Promise<Run> {
  const { directory } = await emptyPlace(t);
  const out = path.join(directory, 'runs');
  const { code, out: report, err } = await placeIn(root, { NO_COLOR: '1' }).run(...words, '--out', out);
  t.log(report);
  t.is(code, status, err.slice(-4000));
  return JSON.parse(await readFile(path.join(out, 'latest', 'run.json'), 'utf8')) as Run;
}

/** Like {@link ending}, of a run that has to pass. */
function passing(t: ExecutionContext, ...words: string[]): Promise<Run> {
  return ending(t, 0, ...words);
}

function passed(cell: Cell): number {
  return cell.cases.filter((one) => one.outcome === 'pass').length;
}

/** Patches of the history between two commits, as a quilt directory packed like those of -mm. */
async function packHistory(place: Place, repository: string, range: string): Promise<string[]> {
  const layer = path.join(place.directory, 'broken-out');
  const form = ['--quiet', '--no-merges', '--topo-order', '--full-index', '--binary', '-o', layer];
  await execa('git', ['--git-dir', repository, 'format-patch', ...form, range]);
  const names = (await readdir(layer)).sort();
  await place.write('broken-out/series', `${names.join('\n')}\n`);
  await execa('tar', ['-cjf', 'broken-out.tar.bz2', 'broken-out'], { cwd: place.directory });
  return names;
}

const all = ['--target', 'x86_64,s390x,i386'];

withTree('linux-2.6.22-rc6', 'every point of the container series passes on three targets', async (t, tree) => {
  const run = await passing(t, 'run', 'container', '--tree', tree, ...all, '--keep-going');
  t.is(run.cells.length, 3 * (run.series.patches.length + 1));
  for (const cell of run.cells) {
    if (cell.point === 0) t.is(passed(cell), 0, 'no case of the series can pass without the series');
    else t.true(passed(cell) >= 40, `${cell.point} ${cell.target}: ${passed(cell)}`);
  }
});

withTree('linux-2.6.22-rc6', 'the whole series passes with lockdep and its friends', async (t, tree) => {
  const words = ['run', 'container', '--tree', tree, ...all, '--points', 'final', '--cpus', '2'];
  for (const cell of (await passing(t, ...words, '--config', 'debug')).cells) t.true(passed(cell) > 100, cell.target);
});

withTree('linux-2.6.22-rc6', 'the whole series passes on two processors', async (t, tree) => {
  const words = ['run', 'container', '--tree', tree, ...all, '--points', 'final', '--cpus', '2'];
  for (const cell of (await passing(t, ...words)).cells) t.true(passed(cell) > 100, cell.target);
});

withTree('linux-2.6.22-rc6', 'without its include patch 7 builds on i386 with high memory only', async (t, tree) => {
  const words = [
    'build',
    'container',
    '--tree',
    tree,
    '--points',
    '6,7',
    '--keep-going',
    '--without-fix',
    'kmod-include',
  ];
  const broken = await ending(t, 1, ...words, ...all);
  for (const cell of broken.cells) {
    t.is(cell.outcome, cell.point === 7 ? 'fail' : 'pass', `${cell.point} ${cell.target}`);
    if (cell.point === 7) t.regex(cell.cause?.summary ?? '', /implicit declaration of function 'call_usermodehelper'/);
  }
  await passing(t, ...words, '--target', 'i386', '--config', 'highmem');
});

withTree('linux-2.6.22-rc6', 'what is optimised for speed passes as what is optimised for size', async (t, tree) => {
  const words = ['run', 'container', '--tree', tree, ...all, '--points', 'final'];
  const [small, fast] = [await passing(t, ...words), await passing(t, ...words, '--config', 'o2')];
  t.deepEqual(fast.cells.map(passed), small.cells.map(passed));
  for (const [index, cell] of fast.cells.entries()) t.not(cell.imageHash, small.cells[index]?.imageHash);
});

withTree('linux-2.6.22-rc6', 'a quilt layer of what came behind it gives the release', async (t, tree) => {
  const { source } = parseOverride(tree);
  if (source?.kind !== 'git') throw new Error(`${tree}: this needs a repository with the tag v2.6.22`);
  const url = path.resolve(source.place);
  const place = await emptyPlace(t);
  const names = await packHistory(place, url, `${source.ref}..v2.6.22`);
  t.true(names.length > 200);
  const find = (title: RegExp): string => names.find((name) => title.test(name)) ?? t.fail(`no patch ${title.source}`);
  const [below, above] = [find(/NETPOLL-netconsole-fix-soft-lockup/), find(/NETPOLL-Fixups-for-fix-soft-lockup/)];
  const layer = `git: {url: ${url}, ref: ${source.ref}}, base: "2.6.22", quilt: {tarball: broken-out.tar.bz2`;
  await place.write(
    'quiltboot.yaml',
    [
      'version: 1',
      'defaults: {series: none, tree: whole, targets: [x86_64]}',
      'trees:',
      `  whole: {${layer}}}`,
      `  release: {git: {url: ${url}, ref: v2.6.22}, base: "2.6.22"}`,
      `  lacking: {${layer}, minus: [${below}]}}`,
      `  refreshed: {${layer}, minus: [${below}], refreshed: refreshed}}`,
      '',
    ].join('\n'),
  );
  // Both in one is a form of the later patch that fits without the earlier one.
  const texts = [below, above].map((name) => readFile(path.join(place.directory, 'broken-out', name), 'utf8'));
  await place.write(`refreshed/${above}`, (await Promise.all(texts)).join(''));

  const commits = new Set<string | undefined>();
  for (const name of ['whole', 'release', 'refreshed']) {
    const { code, out, err } = await place.run('fetch', name);
    t.is(code, 0, err);
    commits.add(/\.git ([0-9a-f]{40})$/m.exec(out)?.[1]);
  }
  t.is(commits.size, 1, 'equal content, equal commit');
  t.false(commits.has(undefined));

  const { code, err } = await place.run('fetch', 'lacking');
  t.is(code, 2);
  t.true(err.includes(`${above} of the quilt layer does not apply at net/core/netpoll.c:`), err);
  t.true(err.includes(`${below}, which is left out, touches net/core/netpoll.c too`), err);
});

const older = execaSync('s390x-linux-gnu-gcc-11', ['--version'], { reject: false });

withTree(
  'linux-2.6.22-rc6',
  'an older compiler makes a kernel that passes as well',
  async (t, tree) => {
    const words = ['run', 'container', '--tree', tree, ...all, '--points', 'final', '--toolchain', 'gcc-11-2.6.22'];
    for (const cell of (await passing(t, ...words)).cells) t.true(passed(cell) > 100, cell.target);
  },
  older.exitCode === 0 ? undefined : 'gcc-11 and gcc-11-s390x-linux-gnu are not installed',
);

withTree('linux-2.6.22-rc6', 'equal sources give equal images in two build directories', async (t, tree) => {
  // At point 0 the two series are the same kernel, in work trees and build directories of their own.
  const words = ['--tree', tree, ...all, '--points', '0', '--fresh'];
  const [one, two] = [await passing(t, 'build', 'container', ...words), await passing(t, 'build', 'none', ...words)];
  t.deepEqual(
    one.cells.map(({ target, imageHash }) => [target, imageHash]),
    two.cells.map(({ target, imageHash }) => [target, imageHash]),
  );
  t.true(one.cells.every(({ imageHash, reused }) => imageHash !== null && !reused));
});

withTree('linux-2.6.22-rc6', '31-bit s390 builds at the last point', async (t, tree) => {
  await passing(t, 'build', 'container', '--tree', tree, '--target', 's390x', '--points', 'final', '--config', '31bit');
});

withTree('linux-2.6.24', 'the suites agree with the control groups of 2007', async (t, tree) => {
  // Some cases of cpusets need a second processor.
  for (const cell of (await passing(t, 'run', 'cgroup-2007', '--tree', tree, ...all, '--cpus', '2')).cells) {
    t.true(passed(cell) > 100, cell.target);
    const skipped = cell.cases.filter((one) => one.outcome === 'skip');
    t.deepEqual(
      skipped
        .filter((one) => !/^cgroup-2007: /.test(one.reason ?? ''))
        .map((one) => `${one.name}: ${one.reason ?? ''}`),
      [],
      'no case is skipped without a row in the table of the dialect',
    );
  }
});
