import path from 'node:path';
import { Command } from 'commander';
import { defined, UserError } from '../model/index.ts';
import { bootKernel, buildPoint, type Kernel, openShell, testKernel } from '../pipeline/index.ts';
import { findTarget } from '../targets/index.ts';
import type { Io } from './io.ts';
import { option } from './options.ts';
import {
  chosenSeed,
  examplesText,
  exitStatus,
  printReports,
  type RunOptions,
  runSeries,
  seriesCommand,
} from './run.ts';
import { chooseFrom, type GlobalOptions, openSession, type Session } from './session.ts';

type Done = (status: number) => void;

interface KernelOptions extends RunOptions {
  readonly kernel?: string;
  readonly dialect?: string;
  readonly features?: readonly string[];
  readonly gdb?: true;
}

/** `--kernel IMAGE --target T`: an image that quiltboot did not build. */
function givenKernel(io: Io, options: KernelOptions): Kernel {
  const [name, ...more] = options.target ?? [];
  if (name === undefined || more.length > 0) {
    throw new UserError('--kernel needs exactly one --target', {
      hint: 'for instance: --kernel bzImage --target x86_64',
    });
  }
  return { image: path.resolve(io.cwd, options.kernel ?? ''), target: findTarget(name) };
}

/** `quiltboot boot`: of a series, or of any image. */
export function bootCommand(io: Io, done: Done): Command {
  const examples = [
    'quiltboot boot container --points final',
    'quiltboot boot --kernel arch/x86/boot/bzImage --target x86_64',
    'quiltboot boot container --points 3 --target s390x --gdb',
  ];
  return seriesCommand(io, 'boot', 'boot', 'Apply, configure, build and boot; or boot a given image.', examples, done)
    .addOption(option.kernel())
    .addOption(option.gdb())
    .action(async (series: string | undefined, options: KernelOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      if (options.kernel === undefined && !options.gdb) {
        done(await runSeries(io, global, series, options, 'boot'));
        return;
      }
      const session = openSession(io, global, options);
      const given = options.kernel === undefined ? undefined : givenKernel(io, options);
      const { project, selection } = await chooseFrom(io, global, given ? (series ?? 'none') : series, options);
      const kernel = given ?? (await buildOne(session, project, selection, options));
      const boot = await bootKernel(
        kernel,
        { machine: selection.machine(kernel.target), ...gdbOf(io, options) },
        session.context,
      );
      session.reporter.end();
      io.out(
        `${boot.outcome}${boot.cause ? `: ${boot.cause.summary}` : ''}; first command after ${boot.bootMs ?? '?'} ms\nlog: ${boot.log}\n`,
      );
      done(boot.outcome === 'pass' ? 0 : 1);
    });
}

/** `quiltboot test`: suites against the kernels of a series, or against any image. */
export function testCommand(io: Io, done: Done): Command {
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
      if (options.kernel === undefined) {
        done(await runSeries(io, global, series, options, 'test'));
        return;
      }
      const session = openSession(io, global, options);
      const kernel = givenKernel(io, options);
      const { project, selection } = await chooseFrom(io, global, series, options);
      const finished = await testKernel(
        {
          kernel,
          project,
          selection,
          out: path.resolve(io.cwd, options.out),
          command: ['quiltboot', ...io.words].join(' '),
          ...defined({ suites: options.suite, case: options.case }),
          ...chosenSeed(io, options),
          ...defined({ dialect: options.dialect, features: options.features }),
        },
        session.context,
      );
      session.reporter.end();
      await printReports(io, finished, options.format);
      done(exitStatus(finished.run));
    });
}

/** `quiltboot shell`: an interactive shell in a booted guest. */
export function shellCommand(io: Io, done: Done): Command {
  return new Command('shell')
    .description('Boot a kernel and open an interactive shell in it; Ctrl-] leaves.')
    .argument('[series]', 'series of the project file, or "none"')
    .addOption(option.tree())
    .addOption(option.target())
    .addOption(option.points())
    .addOption(option.config())
    .addOption(option.toolchain())
    .addOption(option.jobs())
    .addOption(option.cpus())
    .addOption(option.kernel())
    .addOption(option.gdb())
    .addHelpText(
      'after',
      examplesText([
        'quiltboot shell',
        'quiltboot shell container --target s390x --points 2',
        'quiltboot shell --kernel bzImage --target x86_64',
        'quiltboot shell container --target s390x --gdb',
      ]),
    )
    .action(async (series: string | undefined, options: KernelOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const session = openSession(io, global, options);
      const { project, selection } = await chooseFrom(io, global, series, options);
      const kernel =
        options.kernel === undefined ? await buildOne(session, project, selection, options) : givenKernel(io, options);
      session.reporter.end();
      io.err(`booting ${path.basename(kernel.image)} on ${kernel.target.name}; Ctrl-] leaves\n`);
      await openShell(
        kernel,
        { machine: selection.machine(kernel.target), input: io.stdin, output: io.stdout, ...gdbOf(io, options) },
        session.context,
      );
      done(0);
    });
}

/** Where the text about gdb goes, if it was asked for. */
function gdbOf(io: Io, options: KernelOptions): { readonly onGdb?: (text: string) => void } {
  return options.gdb ? { onGdb: io.err } : {};
}

async function buildOne(
  session: Session,
  project: Parameters<typeof buildPoint>[0]['project'],
  selection: Parameters<typeof buildPoint>[0]['selection'],
  options: KernelOptions,
): Promise<Kernel> {
  const [target, ...more] = options.target === undefined ? selection.targets.slice(0, 1) : selection.targets;
  if (target === undefined || more.length > 0)
    throw new UserError('name one target', { hint: 'for instance: --target s390x' });
  return await buildPoint({ project, selection, target, points: options.points ?? 'final' }, session.context);
}
