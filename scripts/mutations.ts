/**
 * Puts small deliberate faults into a series, one at a time, and shows that its build or one of its suites notices each:
 * a fault that survives is a rule that no case checks.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { argv, echo } from 'zx';
import {
  type Context,
  cachePaths,
  configure,
  contentsImage,
  describeError,
  type Event,
  fetchTree,
  findBootTarget,
  isQuiltbootError,
  loadProject,
  openWorktree,
  readSeries,
  select,
  UserError,
} from '../harness/index.ts';
import { defined } from '../harness/model/index.ts';
import { fragmentsAt } from '../harness/pipeline/run/build-cell.ts';
import { chooseSuites } from '../harness/pipeline/suite/choose.ts';
import { chooseFaults, type Fault, faultPatch, readFaults } from './mutations/faults.ts';
import { type Fate, type Hunt, hunt } from './mutations/hunt.ts';
import { allowOptions, optionList, optionText } from './options.ts';

const help = `Usage: npm run mutations -- [options]

  --faults FILE    the list (default: tests/mutations/container-6.1.yaml)
  --only A,B       only these faults
  --target NAME    one target (default: x86_64)
  --config NAME    a configuration of the project; some faults do nothing without one (see --list)
  --cpus N         processors of each guest (default: 2)
  --skip-sound     do not run the series without a fault first
  --list           print the faults and end

Only the last point is built, for each fault anew but incrementally, with the suites that fit first and only until the
first failure. Exit status: 0 all caught, 1 one survived, 2 a mistake, 69 the machine.

Examples:
  $ npm run mutations
  $ npm run mutations -- --only no-kmod-include,unsorted-pids --target s390x
`;

const root = path.resolve(import.meta.dirname, '..');
/** What happens in a run that is worth a line: only what may take long or goes wrong. */
function show(event: Event): void {
  if (event.type === 'note' && event.level === 'warning') echo(`    ${event.text}`);
}

/** Makes what all faults have in common, and the patch of each. */
async function prepare(
  common: Pick<Hunt, 'suites' | 'selection' | 'target' | 'series' | 'context' | 'work'>,
  faults: readonly Fault[],
): Promise<{ readonly sound: Hunt; readonly patches: ReadonlyMap<string, string> }> {
  const { selection, target, series, context } = common;
  const tree = await fetchTree(selection.recipe, context);
  const worktree = await openWorktree({ tree, series }, context);
  try {
    const source = worktree.sources.at(-1);
    if (source === undefined) throw new UserError('the series does not apply');
    const directory = await source.checkout();
    const patches = new Map<string, string>();
    for (const fault of faults) patches.set(fault.name, await faultPatch(fault, directory));
    const fragments = fragmentsAt(selection, series, target, series.patches.length);
    const configured = await configure({ source, target, toolchain: selection.toolchain, fragments }, context);
    const { initramfs } = await contentsImage({ target, contents: selection.project.guest }, context);
    return { sound: { ...common, tree, configured, initramfs }, patches };
  } finally {
    await worktree.close();
  }
}

function printTable(fates: ReadonlyMap<Fault, Fate>): void {
  const table = new Table({
    head: ['fault', 'caught by', 's'],
    colWidths: [46, 92, 6],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const [{ does }, { kind, by, seconds }] of fates) {
    table.push([does, kind === 'caught' ? by : `${kind.toUpperCase()} (${by})`, seconds.toFixed(0)]);
  }
  echo(table.toString());
  const of = (kind: Fate['kind']): number => [...fates.values()].filter((fate) => fate.kind === kind).length;
  echo(`${fates.size} faults: ${of('caught')} caught, ${of('survived')} survived, ${of('machine')} not judged`);
}

async function main(signal: AbortSignal): Promise<number> {
  allowOptions(['faults', 'only', 'target', 'config', 'cpus', 'skip-sound', 'list', 'help'], help);
  if (argv['help'] === true) {
    echo(help);
    return 0;
  }
  const list = await readFaults(
    path.resolve(optionText('faults') ?? path.join(root, 'tests/mutations/container-6.1.yaml')),
  );
  const configuration = optionText('config');
  if (argv['list'] === true) {
    for (const { name, does, config } of list.faults) {
      echo(`${name.padEnd(28)} ${does}${config === undefined ? '' : ` (--config ${config})`}`);
    }
    return 0;
  }
  const faults = chooseFaults(list, optionList('only') ?? [], configuration);
  const cpus = Number(optionText('cpus') ?? 2);
  if (!Number.isInteger(cpus) || cpus < 1) throw new UserError('--cpus wants a whole number from 1');
  const project = await loadProject(root);
  const target = findBootTarget(optionText('target') ?? 'x86_64');
  const selection = select(project, {
    series: list.series,
    tree: list.tree,
    targets: [target.name],
    cpus,
    ...defined({ configuration }),
  });
  const series = await readSeries(selection.spec);
  const suites = await chooseSuites(undefined, series, project);
  const jobs = os.availableParallelism();
  const work = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-mutations-'));
  const cache = cachePaths(process.env);
  const context: Context = { cache, emit: show, signal, jobs, guests: jobs, fresh: false };
  const fates = new Map<Fault, Fate>();
  try {
    const { sound, patches } = await prepare({ suites, selection, target, series, context, work }, faults);
    // Kernels with faults are of no use to any later run.
    const faulty: Hunt = { ...sound, context: { ...context, cache: { ...cache, store: path.join(work, 'store') } } };
    if (argv['skip-sound'] !== true) {
      echo('the series as it is …');
      const fate = await hunt(sound, undefined, undefined);
      if (fate.kind !== 'survived') throw new UserError(`the series does not pass without a fault: ${fate.by}`);
    }
    for (const fault of faults) {
      echo(`${fault.name} …`);
      const fate = await hunt(faulty, fault, patches.get(fault.name));
      fates.set(fault, fate);
      echo(`    ${fate.kind === 'survived' ? 'SURVIVED' : fate.kind}: ${fate.by}`);
      await rm(path.join(work, 'store', 'build'), { recursive: true, force: true });
    }
  } finally {
    await rm(work, { recursive: true, force: true });
    if (fates.size > 0) printTable(fates);
  }
  const kinds = [...fates.values()].map(({ kind }) => kind);
  if (kinds.includes('survived')) return 1;
  return kinds.includes('machine') ? 69 : 0;
}

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interruption.abort());
try {
  process.exitCode = await main(interruption.signal);
} catch (error) {
  if (!isQuiltbootError(error) && !interruption.signal.aborted) throw error;
  console.error(interruption.signal.aborted ? 'interrupted' : `mutations: ${describeError(error)}`);
  process.exitCode = interruption.signal.aborted ? 130 : isQuiltbootError(error) ? error.exitCode : 70;
}
