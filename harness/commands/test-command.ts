import type { Command } from 'commander';
import { defined, type SeriesSpec, UserError } from '../model/index.ts';
import { commandLine, placeOfRuns, testKernel } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { givenKernel, type KernelOptions } from './kernel.ts';
import { option } from './options.ts';
import { exitStatus, printReports } from './print.ts';
import { chooseFrom } from './selection.ts';
import { chosenSeed, rerunsOf, runSeries, seriesCommand } from './series-command.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** Options that mean nothing to one of the two ways to test, and why. */
const ofImages = {
  elsewhere: ['dialect', 'features'],
  why: 'is for --kernel: what a series speaks and has stands in the project file',
} as const satisfies Elsewhere;
const ofSeries = {
  elsewhere: ['against', 'shard', 'points', 'queue'],
  why: 'is about the points of a series, and a kernel that is given has none',
} as const satisfies Elsewhere;

interface Elsewhere {
  readonly elsewhere: readonly (keyof KernelOptions)[];
  readonly why: string;
}

/** A run may have no suite, and tests that its kernels boot; a test without one tests nothing. */
function mustHaveSuites({ name, suites }: SeriesSpec): void {
  if (suites.length > 0) return;
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
      const { elsewhere, why } = options.kernel === undefined ? ofImages : ofSeries;
      const wrong = elsewhere.find((name) => options[name] !== undefined);
      if (wrong !== undefined) {
        const flag = self.options.find((one) => one.attributeName() === wrong)?.long ?? wrong;
        throw new UserError(`${flag} ${why}`, { code: 'QB-USAGE', hint: `leave out ${flag}` });
      }
      if (options.suite === undefined) {
        const { selection } = await chooseFrom(io, global, series, options);
        mustHaveSuites(selection.spec);
      }
      if (options.kernel === undefined) {
        done(await runSeries(io, global, series, options, 'test'));
        return;
      }
      if (options.coverage) {
        throw new UserError('--coverage needs a kernel that quiltboot compiles: leave out --kernel or --coverage', {
          code: 'QB-USAGE',
        });
      }
      const session = openSession(io, global, options);
      const kernel = await givenKernel(io, session, options);
      const { project, selection } = await chooseFrom(io, global, series, options);
      const finished = await testKernel(
        {
          kernel,
          project,
          selection,
          out: await placeOfRuns(io.cwd, options.out, global.project),
          command: commandLine(['quiltboot', ...io.words]),
          ...defined({
            suites: options.suite,
            case: options.case,
            dialect: options.dialect,
            features: options.features,
            reruns: rerunsOf(options, project),
            leaks: options.leaks,
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
