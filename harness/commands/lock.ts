import { Command } from 'commander';
import { defined } from '../model/index.ts';
import { fetchTree, writeLock } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';
import { chooseFrom } from './selection.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** `quiltboot lock`: writes what trees resolve to today into quiltboot.lock. */
export function lockCommand(io: Io, done: (status: number) => void): Command {
  return new Command('lock')
    .description('Write the version or commit that trees resolve to into quiltboot.lock, for runs with --locked.')
    .argument('[trees...]', 'trees of the project file (default: the project’s)')
    .addHelpText('after', examplesText(['quiltboot lock', 'quiltboot lock linux-6.1', 'quiltboot --locked run mine']))
    .action(async (trees: string[], _options: object, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const session = openSession(io, global);
      for (const tree of trees.length === 0 ? [undefined] : trees) {
        // What is locked now does not decide what comes next.
        const { project, selection } = await chooseFrom(io, { ...global, locked: false }, 'none', defined({ tree }));
        const prepared = await fetchTree(selection.recipe, session.context);
        const before = await writeLock(project, prepared);
        session.reporter.end();
        const change = before === undefined || before.key === prepared.key ? '' : `, before: ${before.resolved}`;
        io.out(`${prepared.name}: ${prepared.resolved}${change}\n`);
      }
      done(0);
    });
}
