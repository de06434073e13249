import { Command } from 'commander';
import { contentsImage, hostBootTarget, hostBootTargets, loadProject } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';
import { targetOption } from './selection.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** `quiltboot image`: makes the initramfs of each target. */
export function imageCommand(io: Io, done: (status: number) => void): Command {
  return new Command('image')
    .description('Make the initramfs that guests boot with, with the programs and files of the project.')
    .addOption(targetOption())
    .addHelpText('after', examplesText(['quiltboot image', 'quiltboot image --target s390x']))
    .action(async (options: { readonly target?: readonly string[] }, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const session = openSession(io, global);
      const { guest: contents } = await loadProject(io.cwd, global.project);
      const chosen = options.target?.map((name) => hostBootTarget(name)) ?? hostBootTargets;
      for (const target of chosen) {
        const image = await contentsImage({ target, contents }, session.context);
        session.reporter.end();
        io.out(`${target.name}: ${image.initramfs}\n`);
      }
      done(0);
    });
}
