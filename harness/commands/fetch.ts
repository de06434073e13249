import { Command } from 'commander';
import { fetchTree } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';
import { chooseFrom } from './selection.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** `quiltboot fetch`: prepares a tree. */
export function fetchCommand(io: Io, done: (status: number) => void): Command {
  return new Command('fetch')
    .description('Fetch and prepare a tree; it is kept in the cache.')
    .argument('[tree]', 'tree of the project file, or NAME=git:PATH#REF, NAME=dir:PATH, NAME=tar:PATH')
    .addHelpText(
      'after',
      examplesText([
        'quiltboot fetch',
        'quiltboot fetch linux-6.1',
        'quiltboot fetch linux-6.1=tar:linux-6.1.100.tar.xz',
      ]),
    )
    .action(async (tree: string | undefined, _options: object, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const { selection } = await chooseFrom(io, global, 'none', tree === undefined ? {} : { tree });
      const session = openSession(io, global);
      const prepared = await fetchTree(selection.recipe, session.context);
      session.reporter.end();
      io.out(
        `${prepared.name}: Linux ${prepared.kernelVersion} (${prepared.resolved})\n  ${prepared.repository} ${prepared.commit}\n`,
      );
      done(0);
    });
}
