import path from 'node:path';
import { Command } from 'commander';
import { openShell } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { buildOne, gdbOf, givenKernel, type KernelOptions } from './kernel.ts';
import { option } from './options.ts';
import { examplesText } from './print.ts';
import { chooseFrom, withSelection } from './selection.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** `quiltboot shell`: an interactive shell in a booted guest. */
export function shellCommand(io: Io, done: (status: number) => void): Command {
  const command = withSelection(
    new Command('shell').description('Boot a kernel and open an interactive shell in it; Ctrl-] leaves.'),
  );
  return command
    .addOption(option.points())
    .addOption(option.jobs())
    .addOption(option.fresh())
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
        options.kernel === undefined
          ? await buildOne(session, project, selection, options)
          : await givenKernel(io, session, options);
      session.reporter.end();
      io.err(`booting ${path.basename(kernel.image)} on ${kernel.target.name}; Ctrl-] leaves\n`);
      await openShell(
        kernel,
        {
          machine: selection.machine(kernel.target),
          contents: project.guest,
          vouched: selection.spec.trust === 'own',
          input: io.stdin,
          output: io.stdout,
          ...gdbOf(io, options),
        },
        session.context,
      );
      done(0);
    });
}
