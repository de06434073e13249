import path from 'node:path';
import { Command } from 'commander';
import { defined } from '../model/index.ts';
import { initCheckout } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';
import { type GlobalOptions, openSession } from './session.ts';

const choices = `
What it decides, without asking:
  tree     the commit where the branch leaves its upstream, origin's or the local main branch, else the nearest tag
  series   the commits from there to the branch, followed as it moves
  targets  those whose compiler and QEMU are there
  tests    KUnit suites in the directories that the commits touch, and kselftest of the same maintainers
  options  the fragments that come with quiltboot (fragments: [builtin])
`;

/** `quiltboot init`: a project file for the branch of a kernel checkout. */
export function initCommand(io: Io, done: (status: number) => void): Command {
  return new Command('init')
    .description('Write a project file for the branch of a kernel checkout: tree, series, targets and tests.')
    .option('--base <ref>', 'what the branch was begun at (default: found out)')
    .option('--force', 'replace a project file that is there')
    .addHelpText('after', choices)
    .addHelpText('after', examplesText(['quiltboot init', 'quiltboot init --base v6.1']))
    .action(async (options: { readonly base?: string; readonly force?: true }, self: Command) => {
      const session = openSession(io, self.optsWithGlobals<GlobalOptions>());
      const request = { cwd: io.cwd, ...defined({ base: options.base, force: options.force }) };
      const { file, decisions } = await initCheckout(request, session.context.signal);
      session.reporter.end();
      for (const decision of decisions) io.out(`${decision}\n`);
      io.out(`\n${path.relative(io.cwd, file) || file} is written. Next: quiltboot run\n`);
      done(0);
    });
}
