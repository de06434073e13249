import { Command } from 'commander';
import { hostTarget, hostTargets, makeImage } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';
import { targetOption } from './selection.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** `quiltboot image`: makes the initramfs of each target. */
export function imageCommand(io: Io, done: (status: number) => void): Command {
  return new Command('image')
    .description('Make the initramfs that guests boot with.')
    .addOption(targetOption())
    .addHelpText('after', examplesText(['quiltboot image', 'quiltboot image --target s390x']))
    .action(async (options: { readonly target?: readonly string[] }, self: Command) => {
      const session = openSession(io, self.optsWithGlobals<GlobalOptions>());
      const chosen = options.target?.map((name) => hostTarget(name)) ?? hostTargets;
      for (const target of chosen) {
        const image = await makeImage({ target }, session.context);
        session.reporter.end();
        io.out(`${target.name}: ${image.initramfs}\n`);
      }
      done(0);
    });
}
