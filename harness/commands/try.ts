import path from 'node:path';
import { Command } from 'commander';
import { UserError } from '../model/index.ts';
import {
  commandLine,
  debianKernel,
  hostBootTarget,
  hostBootTargets,
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

/** Those that Debian has a kernel for. */
const stock = hostBootTargets.filter((target) => target.debianKernel !== undefined);

/** The target whose programs this machine runs itself, for its guests are the fastest; else any. */
const usual = stock.find((target) => target.crossCompile === '') ?? stock[0];

/** `quiltboot try`: three cases on a kernel of Debian's, for those who want to see something first. */
export function tryCommand(io: Io, done: (status: number) => void): Command {
  return new Command('try')
    .description("Boot Debian's stock kernel and run three cases in it: builds no kernel, needs no project file.")
    .addOption(targetOption())
    .addOption(option.out())
    .addOption(option.format())
    .addOption(option.fresh())
    .addHelpText('after', '\nDownloads 30 to 70 MB, which take up to 400 MB more in the cache.\n')
    .addHelpText('after', examplesText(['quiltboot try', 'quiltboot try --target s390x']))
    .action(async (options: RunOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const [name, ...more] = options.target ?? [usual?.name];
      if (name === undefined || more.length > 0) {
        throw new UserError('try boots one target', { code: 'QB-USAGE', hint: 'for instance: --target s390x' });
      }
      const target = hostBootTarget(name);
      if (target.debianKernel === undefined) {
        throw new UserError(`no kernel of Debian's is known to boot on ${target.name}`, {
          code: 'QB-USAGE',
          hint: `choose one of: ${stock.map((one) => one.name).join(', ')}`,
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
