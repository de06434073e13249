import path from 'node:path';
import { Command } from 'commander';
import { commandLine, mergeStored, placeOfRuns } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { type Format, option } from './options.ts';
import { type AgainstOptions, checkAgainst, examplesText, printReports, statusOnFailures } from './print.ts';
import type { GlobalOptions } from './session.ts';

/** `quiltboot merge`: makes one run of the shards of a matrix. */
export function mergeCommand(io: Io, done: (status: number) => void): Command {
  return new Command('merge')
    .description('Merge runs that each have a part of the matrix, and print the report.')
    .argument('<runs...>', 'directories of the runs, or their run.json')
    .addOption(option.format())
    .addOption(option.against())
    .addOption(option.failOn())
    .addOption(option.out())
    .addHelpText(
      'after',
      `
If several runs have a cell, the one that began last counts; a cell that no run has is a fault of the machine.
${examplesText(['quiltboot merge shard-1 shard-2 shard-3', 'quiltboot merge shards/* --format github --format html=report.html'])}`,
    )
    .action(
      async (
        runs: readonly string[],
        options: AgainstOptions & { readonly format?: readonly Format[]; readonly out: string },
        self: Command,
      ) => {
        checkAgainst(options);
        const merged = await mergeStored({
          runs: runs.map((run) => path.resolve(io.cwd, run)),
          out: await placeOfRuns(io.cwd, options.out, self.optsWithGlobals<GlobalOptions>().project),
          command: commandLine(['quiltboot', ...io.words]),
          ...(options.against === undefined ? {} : { against: path.resolve(io.cwd, options.against) }),
        });
        await printReports(io, merged, options.format);
        io.err(`stored in ${path.relative(io.cwd, merged.directory)}\n`);
        done(statusOnFailures(io, merged.run, options));
      },
    );
}
