import { randomInt } from 'node:crypto';
import path from 'node:path';
import { Command } from 'commander';
import { defined, type Run, UserError } from '../model/index.ts';
import {
  appendReport,
  type FinishedRun,
  type FixMode,
  type FixResult,
  fixIncludes,
  type Invocation,
  type LastStage,
  type RunRequest,
  renderStored,
  run,
  type Selection,
  type StoredRun,
  writeReport,
} from '../pipeline/index.ts';
import { ansiPaint, renderText } from '../report/index.ts';
import { type Shard, verdictOnNew } from '../results/index.ts';
import type { Io } from './io.ts';
import { type Format, option, withSelection } from './options.ts';
import { wantsColour } from './reporter.ts';
import { chooseFrom, type GlobalOptions, openSession, type SelectionOptions, type WorkOptions } from './session.ts';

export interface RunOptions extends SelectionOptions, WorkOptions, AgainstOptions {
  readonly points?: string;
  readonly suite?: readonly string[];
  readonly case?: string;
  /** A seed, or that one is to be chosen. */
  readonly shuffle?: number | true;
  readonly format?: readonly Format[];
  readonly out: string;
  readonly keepGoing?: true;
  readonly fix?: true | FixMode;
  readonly shard?: Shard;
  readonly reruns?: number;
}

export interface AgainstOptions {
  readonly against?: string;
  readonly failOn: 'any' | 'new';
}

/** @throws UserError when only new failures shall count and there is nothing against which they would be new */
export function checkAgainst({ against, failOn }: AgainstOptions): void {
  if (failOn === 'new' && against === undefined) {
    throw new UserError('--fail-on new needs an earlier run: --against RUN, its directory or run.json');
  }
}

const statuses = { pass: 0, fail: 1, infra: 69 };

/** Exit status of a verdict: 0 pass, 1 a patch or suite failed, 69 the machine did. */
export function exitStatus(one: Run): number {
  return statuses[one.verdict];
}

/** The exit status with the failures that shall count; says so where it is another than the verdict's. */
export function statusOnFailures(io: Io, one: Run, { failOn }: AgainstOptions): number {
  const status = failOn === 'new' ? statuses[verdictOnNew(one)] : exitStatus(one);
  if (status !== exitStatus(one)) io.err('--fail-on new: no failure is new\n');
  return status;
}

/** Prints a run in every form asked for; the matrix when none is. */
export async function printReports(io: Io, stored: StoredRun, formats: readonly Format[] | undefined): Promise<void> {
  const chosen = formats ?? [{ kind: 'text' } satisfies Format];
  for (const { kind, file } of chosen) {
    if (file !== undefined) await writeReport(stored, kind, path.resolve(io.cwd, file));
    else if (kind === 'text') io.out(renderText(stored.run, wantsColour(io, io.outIsTerminal) ? ansiPaint : undefined));
    else io.out(await renderStored(stored, kind));
    // GitHub's summary of a step is a file that it names; what other commands of the step wrote stays.
    const summary = io.env['GITHUB_STEP_SUMMARY'];
    if (kind === 'github' && summary) await appendReport(stored, 'markdown', path.resolve(io.cwd, summary));
  }
}

/** The seed of `--shuffle`, told to the user, who can repeat the order with it. */
export function chosenSeed(io: Io, { shuffle }: RunOptions): { readonly seed?: number } {
  if (shuffle === undefined) return {};
  const seed = shuffle === true ? randomInt(2 ** 32) : shuffle;
  io.err(`cases are shuffled; the same order again: --shuffle ${seed}\n`);
  return { seed };
}

/** The words that say what was selected, for the commands that repeat a failure. */
export function invocationOf(selection: Selection, options: SelectionOptions, global: GlobalOptions): Invocation {
  return {
    series: selection.spec.name,
    tree: selection.recipe.name,
    ...(options.tree?.includes('=') ? { override: options.tree } : {}),
    ...defined({
      configuration: selection.configuration,
      toolchain: options.toolchain,
      cpus: options.cpus,
      withoutFix: options.withoutFix,
      fuzz: options.fuzz,
      trust: options.trust,
      project: global.project,
    }),
  };
}

/** Runs a series as far as a stage and prints what came of it; resolves with the exit status. */
export async function runSeries(
  io: Io,
  global: GlobalOptions,
  series: string | undefined,
  options: RunOptions,
  until: LastStage,
): Promise<number> {
  checkAgainst(options);
  const { project, selection } = await chooseFrom(io, global, series, options);
  const session = openSession(io, global, options);
  const request: RunRequest = {
    project,
    selection,
    until,
    points: options.points ?? project.defaults.points,
    // A failure that is known must not hide a new one behind it.
    keepGoing: options.keepGoing ?? options.failOn === 'new',
    ...defined({ shard: options.shard, reruns: options.reruns }),
    ...(options.against === undefined ? {} : { against: path.resolve(io.cwd, options.against) }),
    out: path.resolve(io.cwd, options.out),
    command: ['quiltboot', ...io.words].join(' '),
    invocation: invocationOf(selection, options, global),
    ...defined({ suites: options.suite, case: options.case }),
    ...chosenSeed(io, options),
  };
  let finished: FinishedRun;
  let fixed: FixResult | undefined;
  try {
    finished = await run(request, session.context);
    const proposed = finished.run.cells.some(({ cause }) => cause?.missingIncludes?.length);
    if (options.fix !== undefined && proposed) {
      fixed = await fixIncludes(request, finished.run, options.fix === true ? 'amend' : options.fix, session.context);
    }
  } finally {
    session.reporter.end();
  }
  await printReports(io, finished, options.format);
  if (fixed) io.out(describeFix(fixed, io.cwd));
  else if (options.fix !== undefined) io.out('\nnothing to fix: no build failed for want of an include\n');
  io.err(`stored in ${path.relative(io.cwd, finished.directory) || '.'}\n`);
  for (const { point, target, image } of until === 'build' ? finished.kernels : [])
    io.err(`kernel of point ${point} for ${target}, with vmlinux, System.map and config beside it: ${image}\n`);
  return statusOnFailures(io, finished.run, options);
}

function describeFix({ fixes, written, trial, problem }: FixResult, cwd: string): string {
  const lines = fixes.map(({ patch, file, includes }) => `  ${patch}: ${file} includes ${includes.join(' and ')}`);
  if (problem !== undefined) {
    const bad = trial?.cells.filter(({ outcome }) => outcome !== 'pass') ?? [];
    const where = bad.map((cell) => `  point ${cell.point} on ${cell.target}: ${cell.cause?.summary ?? cell.outcome}`);
    return ['', `not fixed: ${problem}`, ...lines, ...where, ''].join('\n');
  }
  const points = `point${trial?.points.length === 1 ? '' : 's'} ${trial?.points.join(', ') ?? ''}`;
  const built = `built ${points} on ${trial?.targets.join(', ') ?? ''}`;
  const files = written.map((file) => `  ${path.relative(cwd, file)}`);
  return ['', `fixed (${built}; run again for the rest):`, ...lines, 'written:', ...files, ''].join('\n');
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
  const command = withSelection(
    new Command(name)
      .description(description)
      .argument('[series]', 'series of the project file, or "none" (default: the project’s)'),
  )
    .addOption(option.format())
    .addOption(option.out())
    .addOption(option.jobs())
    .addOption(option.fresh())
    .addOption(option.keepGoing())
    .addOption(option.against())
    .addOption(option.failOn())
    .addOption(option.shard());
  if (until !== 'apply' && until !== 'configure') command.addOption(option.fix());
  if (until === 'boot' || until === 'test') command.addOption(option.guests()).addOption(option.cpus());
  if (until === 'test') {
    command.addOption(option.suite()).addOption(option.case()).addOption(option.shuffle()).addOption(option.reruns());
  }
  return command
    .addHelpText('after', examplesText(examples))
    .action(async (series: string | undefined, options: RunOptions, self: Command) => {
      done(await runSeries(io, self.optsWithGlobals<GlobalOptions>(), series, options, until));
    });
}

/** The part of `--help` that shows how a command is used. */
export function examplesText(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}\n`;
}
