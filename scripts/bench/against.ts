/**
 * The whole series on both targets, beside the same of another commit: each with its own program, patches, suites and
 * options, one after the other, from an empty cache. The builds are told by themselves, for the later commit may have more
 * cases. Each tree is fetched first and not counted. The seconds of CPU are steadier than
 * those on the clock where the machine has other work.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { $, echo } from 'zx';
import type { Figure } from './figures.ts';

interface Spent {
  readonly wall: number;
  readonly cpu: number;
}

/** Seconds of CPU of all children that have ended: cutime and cstime of proc(5), fields 16 and 17. */
function cpuOfChildren(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Builds the series with the program of a checkout, which is compiled first, and then runs the suites of that checkout. */
async function walk(checkout: string, work: string): Promise<{ readonly builds: Spent; readonly all: Spent }> {
  await $({ cwd: checkout, quiet: true })`npm run build`;
  const cache = await mkdtemp(path.join(work, 'cache-'));
  const program = ['node', path.join(checkout, 'dist', 'main.js'), '--cache', cache, '-q'];
  await $({ cwd: checkout, quiet: true })`${program} fetch linux-6.1`;
  const before = { wall: performance.now() / 1000, cpu: cpuOfChildren() };
  const spent = (): Spent => ({ wall: performance.now() / 1000 - before.wall, cpu: cpuOfChildren() - before.cpu });
  const words = ['container', '--target', 'x86_64,s390x', '--keep-going', '--out', path.join(cache, 'runs')];
  await $({ cwd: checkout, quiet: true })`${program} build ${words}`;
  const builds = spent();
  // A case that fails costs as much as one that passes.
  await $({ cwd: checkout, quiet: true, nothrow: true })`${program} run ${words}`;
  const all = spent();
  await rm(cache, { recursive: true, force: true });
  return { builds, all };
}

/** Most that the walk may take of what it took at the other commit. */
const limit = 0.7;

/** The figures of the checkout in `root` against those of a revision of its repository. */
export async function againstFigures(root: string, revision: string): Promise<Figure[]> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-against-'));
  const other = path.join(work, 'other');
  try {
    await $({ cwd: root, quiet: true })`git worktree add --detach ${other} ${revision}`;
    await symlink(path.join(root, 'node_modules'), path.join(other, 'node_modules'));
    echo(`${revision} …`);
    const then = await walk(other, work);
    echo('this checkout …');
    const now = await walk(root, work);
    const figures = (what: string, a: Spent, b: Spent): Figure[] =>
      (['cpu', 'wall'] as const).map((unit) => ({
        name: `${what} against ${revision}, ${unit === 'cpu' ? 'CPU' : 'clock'}`,
        value: a[unit] / b[unit],
        limit,
        detail: `${a[unit].toFixed(0)} s / ${b[unit].toFixed(0)} s`,
      }));
    return [...figures('builds of the walk', now.builds, then.builds), ...figures('walk', now.all, then.all)];
  } finally {
    await $({ cwd: root, quiet: true, nothrow: true })`git worktree remove --force ${other}`;
    await rm(work, { recursive: true, force: true });
  }
}
