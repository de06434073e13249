import type { Command } from 'commander';
import { defined, type SeriesSpec, UserError } from '../model/index.ts';
import { commandLine, placeOfRuns, testKernel } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { givenKernel, type KernelOptions } from './kernel.ts';
import { option } from './options.ts';
import { exitStatus, printReports } from './print.ts';
import { chooseFrom } from './selection.ts';
import { chosenSeed, faultsOf, rerunsOf, runSeries, seriesCommand } from './series-command.ts';
import { type GlobalOptions, openSession } from './session.ts';

type Refused = readonly (readonly [option: keyof KernelOptions, why: string])[];

const aboutImages = 'is for --kernel: what a series speaks and has stands in the project file';
const aboutPoints = 'is about the points of a series, and a kernel that is given has none';

/** Options that mean nothing where the kernels of a series are tested, and why. */
const refusedOfSeries: Refused = [
  ['dialect', aboutImages],
  ['features', aboutImages],
];
/** Those that mean nothing where a kernel is given. */
const refusedOfImage: Refused = [
  ['against', aboutPoints],
  ['shard', aboutPoints],
  ['points', aboutPoints],
  ['queue', aboutPoints],
  ['coverage', 'needs a kernel that quiltboot compiles, so it does not go with --kernel'],
];

/** @throws UserError for the first option that is refused */
function refuse(refused: Refused, options: KernelOptions, command: Command): void {
  const [name, why] = refused.find(([one]) => options[one] !== undefined) ?? [];
  if (name === undefined) return;
  const flag = command.options.find((one) => one.attributeName() === name)?.long ?? name;
  throw new UserError(`${flag} ${why ?? ''}`, { code: 'QB-USAGE', hint: `leave out ${flag}` });
}

/** A run may have no suite, and tests that its kernels boot; a test without one tests nothing. */
function mustHaveSuites({ name, suites }: SeriesSpec, chosen: readonly string[] | undefined): void {
  if (chosen !== undefined || suites.length > 0) return;
  throw new UserError(`the series ${name} has no suites, so there is nothing to test`, {
    code: 'QB-SELECTION',
    hint: 'name some with --suite, or under "suites" of the series; to build and boot its points: quiltboot run',
  });
}

/** `quiltboot test`: suites against the kernels of a series, or against any image. */
export function testCommand(io: Io, done: (status: number) => void): Command {
  const examples = [
    'quiltboot test container --target x86_64 --suite tasks',
    'quiltboot test --kernel bzImage --target x86_64 --suite "suites/*.ts"',
    'quiltboot test --kernel bzImage --target s390x --suite tasks --features containers,tasks',
  ];
  return seriesCommand(
    io,
    'test',
    'test',
    'Run suites against the kernels of a series, or against a given image.',
    examples,
    done,
  )
    .addOption(option.kernel())
    .addOption(option.dialect())
    .addOption(option.features())
    .action(async (series: string | undefined, options: KernelOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      refuse(options.kernel === undefined ? refusedOfSeries : refusedOfImage, options, self);
      const { suite } = options;
      if (options.kernel === undefined) {
        done(await runSeries(io, global, series, options, 'test', ({ spec }) => mustHaveSuites(spec, suite)));
        return;
      }
      const session = openSession(io, global, options);
      const kernel = await givenKernel(io, session, options);
      const { project, selection } = await chooseFrom(io, global, series, options);
      mustHaveSuites(selection.spec, suite);
      const finished = await testKernel(
        {
          kernel,
          project,
          selection,
          out: await placeOfRuns(io.cwd, options.out, global.project),
          command: commandLine(['quiltboot', ...io.words]),
          ...defined({
            suites: suite,
            case: options.case,
            dialect: options.dialect,
            features: options.features,
            reruns: rerunsOf(options, project),
            leaks: options.leaks,
            faults: faultsOf(options),
          }),
          ...chosenSeed(io, options),
        },
        session.context,
      );
      session.reporter.end();
      await printReports(io, finished, options.format);
      done(exitStatus(finished.run));
    });
}
