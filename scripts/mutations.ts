/**
 * Puts small faults into a series, one at a time, and shows that its build or one of its suites notices each: a fault that
 * survives is a rule that no case checks. The faults are a list, patches of somebody else, or mutants of every new line that
 * cases execute.
 */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { argv, echo } from 'zx';
import {
  type Context,
  cachePaths,
  describeError,
  type Event,
  findBootTarget,
  isQuiltbootError,
  loadProject,
  readSeries,
  select,
  UserError,
} from '../harness/index.ts';
import { defined } from '../harness/model/index.ts';
import { chooseSuites } from '../harness/pipeline/suite/choose.ts';
import { chooseFaults, type Fault, type ReadFile, readFaults, readPatchFaults } from './mutations/faults.ts';
import { generateFaults, runOf, sampleFaults } from './mutations/generated.ts';
import { type Fate, type Hunt, hunt } from './mutations/hunt.ts';
import { atLastPoint, type Place, prepareHunt, walkFaults } from './mutations/prepare.ts';
import { fateLine, fatesText, verdictOf } from './mutations/table.ts';
import { allowOptions, optionList, optionText } from './options.ts';

const help = `Usage: npm run mutations -- [options]

  --faults FILE    a list of faults (default: tests/mutations/container-6.1.yaml)
  --patches DIR    the patches of a directory instead, each on top of the series
  --generate RUN   mutants instead, of each new line that the cases of this run execute (run it with --coverage)
  --sample N       of the mutants no more than N, drawn by --seed
  --seed N         which ones (default: 1)
  --only A,B       only these faults
  --target NAME    one target (default: x86_64)
  --config NAME    a configuration of the project; some faults do nothing without one (see --list)
  --cpus N         processors of each guest (default: 2)
  --skip-sound     do not run the series without a fault first
  --list           print the faults and end

Each fault is a point of a queue behind the series, so little is built for each. A mutant is run against the cases that
execute its line, a fault of a list against the suites that it names first, and both until the first failure.
Exit status: 0 all caught, 1 one survived, 2 a mistake, 69 the machine.

Examples:
  $ npm run mutations
  $ npm run mutations -- --only no-kmod-include,unsorted-pids --target s390x
  $ quiltboot run container --target x86_64 --points final --coverage
  $ npm run mutations -- --generate .quiltboot/runs/latest --sample 300
`;

const options = ['faults', 'patches', 'generate', 'sample', 'seed', 'only', 'target', 'config', 'cpus'];
const root = path.resolve(import.meta.dirname, '..');

/** What happens in a run that is worth a line: only what may take long or goes wrong. */
function show(event: Event): void {
  if (event.type === 'note' && event.level === 'warning') echo(`    ${event.text}`);
}

function wholeNumber(name: string, otherwise: number): number {
  const value = Number(optionText(name) ?? otherwise);
  if (!Number.isInteger(value) || value < 1) throw new UserError(`--${name} wants a whole number from 1`);
  return value;
}

/** The faults that the command line asks for. */
async function faultsFor(target: string, listed: readonly Fault[], read: ReadFile): Promise<readonly Fault[]> {
  const [patches, run] = [optionText('patches'), optionText('generate')];
  if (patches !== undefined && run !== undefined) throw new UserError('--patches and --generate exclude each other');
  if (patches !== undefined) return await readPatchFaults(path.resolve(patches));
  if (run === undefined) return listed;
  const all = await generateFaults(await runOf(path.resolve(run)), target, read);
  if (optionText('sample') === undefined) return all;
  return sampleFaults(all, wholeNumber('sample', 300), wholeNumber('seed', 1));
}

function printList(faults: readonly Fault[]): void {
  for (const { name, does, config } of faults)
    echo(`${name.padEnd(28)} ${does}${config === undefined ? '' : ` (--config ${config})`}`);
  echo(`${faults.length} faults`);
}

async function huntAll(
  place: Place,
  sound: Hunt,
  faults: readonly Fault[],
  read: ReadFile,
): Promise<ReadonlyMap<Fault, Fate>> {
  const fates = new Map<Fault, Fate>();
  // Kernels with faults are of no use to any later run.
  const store = path.join(place.work, 'store');
  const faulty: Hunt = { ...sound, context: { ...sound.context, cache: { ...sound.context.cache, store } } };
  try {
    await walkFaults(place, faults, read, async (fault, source) => {
      echo(`${fates.size + 1}/${faults.length} ${fault.name} …`);
      const fate = await hunt(faulty, source, fault);
      fates.set(fault, fate);
      echo(fateLine(fault, fate));
      await rm(store, { recursive: true, force: true });
    });
  } finally {
    if (fates.size > 0) echo(fatesText(fates));
  }
  return fates;
}

async function main(signal: AbortSignal): Promise<number> {
  allowOptions([...options, 'skip-sound', 'list', 'help'], help);
  if (argv['help'] === true) {
    echo(help);
    return 0;
  }
  const listFile = path.resolve(optionText('faults') ?? path.join(root, 'tests/mutations/container-6.1.yaml'));
  const list = await readFaults(listFile);
  const configuration = optionText('config');
  const project = await loadProject(root);
  const target = findBootTarget(optionText('target') ?? 'x86_64');
  const selection = select(project, {
    series: list.series,
    tree: list.tree,
    targets: [target.name],
    cpus: wholeNumber('cpus', 2),
    ...defined({ configuration }),
  });
  const series = await readSeries(selection.spec);
  const suites = await chooseSuites(undefined, series, project);
  const jobs = os.availableParallelism();
  const context: Context = { cache: cachePaths(process.env), emit: show, signal, jobs, guests: jobs, fresh: false };
  const name = createHash('sha256').update(root).digest('hex').slice(0, 8);
  const place: Place = {
    selection,
    target,
    series,
    suites,
    context,
    work: path.join(os.tmpdir(), `quiltboot-mutations-${name}`),
  };
  const fates = await atLastPoint(place, async (read, source) => {
    const all = await faultsFor(target.name, list.faults, read);
    const faults = chooseFaults(all, optionList('only') ?? [], configuration);
    if (argv['list'] === true) {
      printList(all);
      return new Map<Fault, Fate>();
    }
    const sound = await prepareHunt(place, source);
    if (argv['skip-sound'] !== true) {
      echo('the series as it is …');
      const fate = await hunt(sound, source, undefined);
      if (fate.kind !== 'survived') throw new UserError(`the series does not pass without a fault: ${fate.by}`);
    }
    return await huntAll(place, sound, faults, read);
  });
  await rm(place.work, { recursive: true, force: true });
  const kinds = [...fates].map(([fault, fate]) => verdictOf(fault, fate));
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
