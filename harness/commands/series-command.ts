import { randomInt } from 'node:crypto';
import path from 'node:path';
import { Command } from 'commander';
import { defined, type FixResult, type Project, type Reruns, type Shard } from '../model/index.ts';
import {
  commandLine,
  type FinishedRun,
  type FixMode,
  fixIncludes,
  type LastStage,
  placeOfRuns,
  queueEngine,
  type RunRequest,
  run,
} from '../pipeline/index.ts';
import { toleranceRule } from '../project/index.ts';
import { renderFix } from '../report/index.ts';
import type { Io } from './io.ts';
import { type Format, mostFaults, option } from './options.ts';
import { type AgainstOptions, checkAgainst, examplesText, printReports, statusOnFailures } from './print.ts';
import { chooseFrom, invocationOf, type SelectionOptions, withSelection } from './selection.ts';
import {
  contextWithStore,
  type GlobalOptions,
  openSession,
  queueTimesOf,
  type StoreOptions,
  type WorkOptions,
} from './session.ts';

export interface RunOptions extends SelectionOptions, WorkOptions, AgainstOptions, StoreOptions {
  readonly points?: string;
  readonly suite?: readonly string[];
  readonly case?: string;
  /** A seed, or that one is to be chosen. */
  readonly shuffle?: number | true;
  readonly format?: readonly Format[];
  readonly out: string;
  readonly keepGoing?: true;
  readonly skipMissing?: true;
  readonly fix?: true | FixMode;
  readonly shard?: Shard;
  readonly reruns?: number;
  readonly flaky?: number;
  readonly leaks?: number;
  /** A number, or that the usual one is meant. */
  readonly faults?: number | true;
  readonly queue?: string;
  readonly coverage?: true;
  readonly failUnder?: number;
}

/** The seed of `--shuffle`, told to the user, who can repeat the order with it. */
export function chosenSeed(io: Io, { shuffle }: RunOptions): { readonly seed?: number } {
  if (shuffle === undefined) return {};
  const seed = shuffle === true ? randomInt(2 ** 32) : shuffle;
  io.err(`cases are shuffled; the same order again: --shuffle ${seed}\n`);
  return { seed };
}

/** How failed cases are run again, and what is flaky then. */
export function rerunsOf({ reruns, flaky }: RunOptions, { defaults }: Project): Reruns | undefined {
  return reruns === undefined ? undefined : { times: reruns, tolerated: flaky ?? defaults.flaky ?? 1 };
}

/** How many allocations of a case fail, where that was asked for. */
export function faultsOf({ faults }: Pick<RunOptions, 'faults'>): number | undefined {
  return faults === true ? mostFaults : faults;
}

/**
 * Runs a series as far as a stage and prints what came of it; resolves with the exit status.
 *
 * @param check refuses a selection that the command cannot take, before anything is done
 */
export async function runSeries(
  io: Io,
  global: GlobalOptions,
  series: string | undefined,
  options: RunOptions,
  until: LastStage,
  check: (selection: RunRequest['selection']) => void = () => undefined,
): Promise<number> {
  checkAgainst(options);
  const { project, selection } = await chooseFrom(io, global, series, options, { toolchains: true });
  check(selection);
  const session = openSession(io, global, options);
  const context = await contextWithStore(session, options, selection.spec.trust === 'own');
  const order = chosenSeed(io, options);
  const invocation = invocationOf(io, selection, options, global);
  const request: RunRequest = {
    project,
    selection,
    until,
    points: options.points ?? project.defaults.points,
    // A failure that is known must not hide a new one.
    keepGoing: options.keepGoing ?? (options.failOn === 'new' || options.queue !== undefined),
    ...defined({
      skipMissing: options.skipMissing,
      shard: options.shard,
      reruns: rerunsOf(options, project),
      leaks: options.leaks,
      faults: faultsOf(options),
    }),
    ...(options.coverage && { coverage: defined({ failUnder: options.failUnder }) }),
    ...(options.against === undefined ? {} : { against: path.resolve(io.cwd, options.against) }),
    out: await placeOfRuns(io.cwd, options.out, global.project),
    command: commandLine(['quiltboot', ...io.words]),
    invocation: {
      ...invocation,
      options: {
        ...invocation.options,
        ...defined({ '--shuffle': order.seed?.toString(), '--leaks': options.leaks?.toString() }),
        ...defined({
          '--reruns': options.reruns?.toString(),
          '--flaky': options.flaky === undefined ? undefined : toleranceRule(options.flaky),
          '--faults': faultsOf(options)?.toString(),
          '--coverage': options.coverage && '',
          '--fail-under': options.failUnder?.toString(),
        }),
      },
    },
    ...defined({ suites: options.suite, case: options.case }),
    ...order,
  };
  let finished: FinishedRun;
  let fixed: FixResult | undefined;
  try {
    const { queue } = options;
    const engine = queue === undefined ? undefined : queueEngine({ url: queue, times: queueTimesOf(io) });
    finished = await run(request, context, engine);
    const proposed = finished.run.cells.some(({ cause }) => cause?.missingIncludes?.length);
    if (options.fix !== undefined && proposed) {
      fixed = await fixIncludes(request, finished.run, options.fix === true ? 'amend' : options.fix, context);
    }
  } finally {
    session.reporter.end();
  }
  await printReports(io, finished, options.format);
  if (fixed) io.out(renderFix(fixed, io.cwd));
  else if (options.fix !== undefined) io.out('\nnothing to fix: no build failed for a missing #include\n');
  io.err(`stored in ${path.relative(io.cwd, finished.directory) || '.'}\n`);
  for (const { point, target, image } of until === 'build' ? finished.kernels : [])
    io.err(`kernel of point ${point} for ${target}, with vmlinux, System.map and config beside it: ${image}\n`);
  return statusOnFailures(io, finished.run, options);
}

/** A command that runs a series as far as a stage; these commands differ in nothing else. */
export function seriesCommand(
  io: Io,
  name: string,
  until: LastStage,
  description: string,
  examples: readonly string[],
  done: (status: number) => void,
): Command {
  const command = withSelection(new Command(name).description(description))
    .addOption(option.points())
    .addOption(option.format())
    .addOption(option.out())
    .addOption(option.jobs())
    .addOption(option.fresh())
    .addOption(option.keepGoing())
    .addOption(option.against())
    .addOption(option.failOn())
    .addOption(option.shard());
  if (until !== 'apply') command.addOption(option.store()).addOption(option.storeKey()).addOption(option.skipMissing());
  if (until !== 'apply' && until !== 'configure') {
    command
      .addOption(option.fix())
      .addOption(option.queue().conflicts(['fix', 'coverage', 'faults']))
      .addOption(option.coverage())
      .addOption(option.faults());
  }
  if (until === 'boot' || until === 'test') command.addOption(option.guests());
  if (until === 'test') {
    command
      .addOption(option.suite())
      .addOption(option.case())
      .addOption(option.shuffle())
      .addOption(option.reruns())
      .addOption(option.flaky())
      .addOption(option.leaks())
      .addOption(option.failUnder());
  }
  return command
    .addHelpText('after', examplesText(examples))
    .action(async (series: string | undefined, options: RunOptions, self: Command) => {
      done(await runSeries(io, self.optsWithGlobals<GlobalOptions>(), series, options, until));
    });
}
