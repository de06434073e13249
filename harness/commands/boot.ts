import path from 'node:path';
import type { Command } from 'commander';
import { bootKernel, commandLine, placeOfRuns, testKernel } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { buildOne, gdbOf, givenKernel, type KernelOptions } from './kernel.ts';
import { option } from './options.ts';
import { exitStatus, printReports } from './print.ts';
import { chooseFrom } from './selection.ts';
import { runSeries, seriesCommand } from './series-command.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** `quiltboot boot`: of a series, or of any image. */
export function bootCommand(io: Io, done: (status: number) => void): Command {
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
      done(await (options.gdb ? bootUnderGdb(io, global, series, options) : bootGiven(io, global, series, options)));
    });
}

/** Boots the given image and stores the outcome as a run; resolves with the exit status. */
async function bootGiven(
  io: Io,
  global: GlobalOptions,
  series: string | undefined,
  options: KernelOptions,
): Promise<number> {
  const session = openSession(io, global, options);
  const kernel = await givenKernel(io, session, options);
  const { project, selection } = await chooseFrom(io, global, series ?? 'none', options);
  const stored = await testKernel(
    {
      kernel,
      project,
      selection,
      until: 'boot',
      out: await placeOfRuns(io.cwd, options.out, global.project),
      command: commandLine(['quiltboot', ...io.words]),
    },
    session.context,
  );
  session.reporter.end();
  await printReports(io, stored, options.format);
  io.err(`stored in ${path.relative(io.cwd, stored.directory)}\n`);
  return exitStatus(stored.run);
}

/** Boots the given image, or the one that is built, when gdb says so; resolves with the exit status. */
async function bootUnderGdb(
  io: Io,
  global: GlobalOptions,
  series: string | undefined,
  options: KernelOptions,
): Promise<number> {
  const session = openSession(io, global, options);
  const given = options.kernel === undefined ? undefined : await givenKernel(io, session, options);
  const { project, selection } = await chooseFrom(io, global, given ? (series ?? 'none') : series, options);
  const kernel = given ?? (await buildOne(session, project, selection, options));
  const boot = await bootKernel(
    kernel,
    {
      project,
      machine: selection.machine(kernel.target),
      vouched: selection.spec.trust === 'own',
      ...gdbOf(io, options),
    },
    session.context,
  );
  session.reporter.end();
  io.out(
    `${boot.outcome}${boot.cause ? `: ${boot.cause.summary}` : ''}; first command after ${boot.bootMs ?? '?'} ms\nlog: ${boot.log}\n`,
  );
  return boot.outcome === 'pass' ? 0 : 1;
}
