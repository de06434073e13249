/**
 * Holds a series to what the kernel's maintainers ask of a patch: the tree's own checkpatch.pl has nothing to say about
 * any of them, and the files that each adds compile without a warning at its own point with W=1.
 */
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { $, argv, echo } from 'zx';
import {
  type Context,
  configure,
  describeError,
  fetchTree,
  isQuiltbootError,
  loadProject,
  openWorktree,
  type Patch,
  readSeries,
  type Selection,
  type Series,
  select,
  type Target,
  UserError,
} from '../harness/index.ts';
import { defined } from '../harness/model/index.ts';
import { fragmentsAt } from '../harness/pipeline/run/build-cell.ts';
import { scriptContext } from './context.ts';
import { allowOptions, optionList, optionText } from './options.ts';

const help = `Usage: npm run patches -- [options]

  --series NAME     (default: the project's)
  --tree NAME       (default: the project's)
  --target A,B      targets to compile for (default: x86_64,s390x,i386)
  --points K,K      only these patches (default: all)

Examples:
  $ npm run patches
  $ npm run patches -- --target s390x --points 8
`;

/** Messages of checkpatch.pl that say nothing against a patch, and why. */
const ignored = [
  // MAINTAINERS names the directory since the first patch; the script asks about every new file all the same.
  'FILE_PATH_CHANGES',
];

const root = path.resolve(import.meta.dirname, '..');

/** What checkpatch.pl says, a line each; empty when it is content. */
async function checkpatch(tree: string, patch: Patch): Promise<string[]> {
  const words = ['--no-tree', '--terse', '--show-types', '--strict', '--no-summary', '--ignore', ignored.join(',')];
  const end = await $({ cwd: tree, nothrow: true, quiet: true })`perl scripts/checkpatch.pl ${words} ${patch.path}`;
  // It asks another script about licence lines, which wants a Python module that few machines have.
  return end.stdout.split('\n').filter((line) => /: (?:ERROR|WARNING|CHECK):/.test(line));
}

/** Paths that a patch file creates. */
async function addedFiles(patch: string): Promise<string[]> {
  const text = await readFile(patch, 'utf8');
  return [...text.matchAll(/^--- \/dev\/null\n\+\+\+ b\/(.+)$/gm)].map((match) => match[1] ?? '');
}

interface Compiling {
  readonly tree: string;
  readonly config: string;
  readonly target: Target;
  readonly kernelVersion: string;
  readonly work: string;
  readonly files: readonly string[];
}

/** Compiles the objects of new files with W=1; resolves with what the compiler says. */
async function compile({ tree, config, target, kernelVersion, work, files }: Compiling): Promise<string[]> {
  const build = path.join(work, `build-${target.name}`);
  await mkdir(build, { recursive: true });
  await copyFile(config, path.join(build, '.config'));
  const { arch } = target.kernelLayout(kernelVersion);
  const make = [
    '-C',
    tree,
    `O=${build}`,
    `ARCH=${arch}`,
    `CROSS_COMPILE=${target.crossCompile}`,
    'KCFLAGS=-fdiagnostics-color=never',
  ];
  const objects = files.map((file) => file.replace(/\.c$/, '.o'));
  const end = await $({ nothrow: true, quiet: true })`make ${make} W=1 -j${os.availableParallelism()} ${objects}`;
  const about = end.stderr
    .split('\n')
    .filter((line) => files.some((file) => line.includes(file)) && /(?:warning|error):/.test(line));
  return end.exitCode === 0 ? about : [...about, ...end.stderr.trimEnd().split('\n').slice(-5)];
}

async function checkPoint(
  of: { readonly series: Series; readonly selection: Selection; readonly work: string; readonly context: Context },
  patch: Patch,
  source: {
    readonly tree: string;
    readonly configs: readonly { target: Target; config: string }[];
    readonly kernelVersion: string;
  },
): Promise<string[]> {
  const complaints = await checkpatch(source.tree, patch);
  const files = (await addedFiles(patch.path)).filter((file) => file.endsWith('.c'));
  for (const { target, config } of source.configs) {
    if (files.length === 0) break;
    const found = await compile({ ...source, config, target, work: of.work, files });
    complaints.push(...found.map((line) => `${target.name}: ${line}`));
  }
  return complaints;
}

async function main(signal: AbortSignal): Promise<number> {
  allowOptions(['series', 'tree', 'target', 'points', 'help'], help);
  if (argv['help'] === true) {
    echo(help);
    return 0;
  }
  const project = await loadProject(root);
  const names = { series: optionText('series'), tree: optionText('tree') };
  const selection = select(project, {
    targets: optionList('target') ?? ['x86_64', 's390x', 'i386'],
    ...defined({ series: names.series, tree: names.tree }),
  });
  const series = await readSeries(selection.spec);
  const points = optionList('points')?.map(Number) ?? series.patches.map(({ index }) => index);
  const unknown = points.find((point) => series.patches[point - 1] === undefined);
  if (unknown !== undefined) throw new UserError(`there is no point ${unknown}: 1 to ${series.patches.length}`);
  const jobs = os.availableParallelism();
  const context = scriptContext({ emit: () => undefined, signal, jobs });
  const tree = await fetchTree(selection.recipe, context);
  const worktree = await openWorktree({ tree, series }, context);
  const work = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-patches-'));
  let complaints = 0;
  try {
    for (const point of points) {
      const patch = series.patches[point - 1];
      const source = worktree.sources[point];
      if (patch === undefined || source === undefined) throw new UserError(`point ${point} does not apply`);
      const configs = [];
      for (const target of selection.targets) {
        const fragments = fragmentsAt(selection, series, target, point);
        const configured = await configure({ source, target, toolchain: selection.toolchain, fragments }, context);
        if (configured.config === undefined)
          throw new UserError(`point ${point} cannot be configured for ${target.name}`);
        configs.push({ target, config: configured.config });
      }
      const directory = await source.checkout();
      const found = await checkPoint({ series, selection, work, context }, patch, {
        tree: directory,
        configs,
        kernelVersion: tree.kernelVersion,
      });
      complaints += found.length;
      echo(
        `${String(point).padStart(3)} ${patch.name.padEnd(36)} ${found.length === 0 ? 'clean' : `${found.length} complaints`}`,
      );
      for (const line of found) echo(`      ${line}`);
    }
  } finally {
    await worktree.close();
    await rm(work, { recursive: true, force: true });
  }
  return complaints === 0 ? 0 : 1;
}

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interruption.abort());
try {
  process.exitCode = await main(interruption.signal);
} catch (error) {
  if (!isQuiltbootError(error)) throw error;
  console.error(`check-patches: ${describeError(error)}`);
  process.exitCode = error.exitCode;
}
