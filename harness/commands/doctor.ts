import path from 'node:path';
import { Command } from 'commander';
import { doctor, hostTargetsOf, loadProject } from '../pipeline/index.ts';
import { renderDoctor } from '../report/index.ts';
import type { Io } from './io.ts';
import { option } from './options.ts';
import { examplesText } from './print.ts';
import { targetOption } from './selection.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** `quiltboot doctor`: says what is there, what is missing and how to get it. */
export function doctorCommand(io: Io, done: (status: number) => void): Command {
  return new Command('doctor')
    .description(
      'Check what this machine needs for the project’s targets, and print the command that installs what is missing.',
    )
    .addOption(targetOption())
    .addOption(option.kernel())
    .addHelpText(
      'after',
      examplesText(['quiltboot doctor', 'quiltboot doctor --target s390x', 'quiltboot doctor --target all']),
    )
    .action(async (options: { readonly target?: readonly string[]; readonly kernel?: string }, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const session = openSession(io, global);
      // Nobody needs a compiler for an architecture that the project does not use.
      const chosen = hostTargetsOf(options.target ?? (await loadProject(io.cwd, global.project)).defaults.targets);
      const report = await doctor(
        { targets: chosen, ...(options.kernel === undefined ? {} : { kernel: path.resolve(io.cwd, options.kernel) }) },
        session.context,
      );
      session.reporter.end();
      io.out(renderDoctor(report));
      done(report.ok ? 0 : 69);
    });
}
