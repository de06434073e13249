import path from 'node:path';
import { Command } from 'commander';
import { UserError } from '../model/index.ts';
import {
  commandLine,
  debianKernel,
  hostTarget,
  hostTargets,
  loadProject,
  ownFiles,
  placeOfRuns,
  select,
  testKernel,
} from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { option } from './options.ts';
import { examplesText, exitStatus, printReports } from './print.ts';
import { targetOption } from './selection.ts';
import type { RunOptions } from './series-command.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** The target whose programs this machine runs itself: its guests are the fastest. */
function nativeTarget(): string | undefined {
  return hostTargets.find((target) => target.debianKernel !== undefined && target.crossCompile === '')?.name;
}

/** `quiltboot try`: three cases on a kernel of Debian's, for those who want to see something first. */
export function tryCommand(io: Io, done: (status: number) => void): Command {
  return new Command('try')
    .description("Boot Debian's stock kernel and run three cases in it: builds no kernel, needs no project file.")
    .addOption(targetOption())
    .addOption(option.out())
    .addOption(option.format())
    .addOption(option.fresh())
    .addHelpText('after', '\nTakes about a minute, with 70 MB to download, and 400 MB of the cache.\n')
    .addHelpText('after', examplesText(['quiltboot try', 'quiltboot try --target s390x']))
    .action(async (options: RunOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const [name, ...more] = options.target ?? [nativeTarget() ?? 'x86_64'];
      if (name === undefined || more.length > 0) {
        throw new UserError('try boots one target', { code: 'QB-USAGE', hint: 'for instance: --target s390x' });
      }
      const target = hostTarget(name);
      if (target.debianKernel === undefined) {
        const names = hostTargets.filter((one) => one.debianKernel !== undefined).map((one) => one.name);
        throw new UserError(`Debian has no kernel for ${target.name}`, {
          code: 'QB-USAGE',
          hint: `choose one of: ${names.join(', ')}`,
        });
      }
      const session = openSession(io, global, options);
      // The project of whoever tries has no part in it.
      const project = await loadProject(io.cwd, ownFiles.project);
      const kernel = await debianKernel(target.debianKernel, target, session.context);
      const finished = await testKernel(
        {
          kernel,
          project,
          selection: select(project, { series: 'none' }, io.cwd),
          suites: [path.join(ownFiles.suites, 'try')],
          out: await placeOfRuns(io.cwd, options.out, global.project),
          command: commandLine(['quiltboot', ...io.words]),
        },
        session.context,
      );
      session.reporter.end();
      await printReports(io, finished, options.format);
      io.err('next: quiltboot init in a kernel checkout writes a project file for your branch\n');
      done(exitStatus(finished.run));
    });
}
