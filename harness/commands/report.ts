import path from 'node:path';
import { Command } from 'commander';
import { openStoredRun, placeOfRuns, withComparison } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { type Format, option } from './options.ts';
import { type AgainstOptions, checkAgainst, examplesText, printReports, statusOnFailures } from './print.ts';
import type { GlobalOptions } from './session.ts';

/** `quiltboot report`: prints a stored run. */
export function reportCommand(io: Io, done: (status: number) => void): Command {
  return new Command('report')
    .description('Print the report of a stored run.')
    .argument('[run]', 'directory of the run, or its run.json', path.join('.quiltboot', 'runs', 'latest'))
    .addOption(option.format())
    .addOption(option.against())
    .addOption(option.failOn())
    .addHelpText(
      'after',
      examplesText([
        'quiltboot report',
        'quiltboot report .quiltboot/runs/latest --format junit=report.xml --format text',
        'quiltboot report --against .quiltboot/runs/20260101-120000-container-linux-6.1',
        'quiltboot report --against last-night/run.json --fail-on new',
        'quiltboot report --format html=report.html',
      ]),
    )
    .action(async (place: string, options: AgainstOptions & { readonly format?: readonly Format[] }, self: Command) => {
      checkAgainst(options);
      const stored = await openStoredRun(
        await placeOfRuns(io.cwd, place, self.optsWithGlobals<GlobalOptions>().project),
      );
      const against =
        options.against === undefined ? undefined : await openStoredRun(path.resolve(io.cwd, options.against));
      const compared = against ? { ...stored, run: await withComparison(stored, against) } : stored;
      await printReports(io, compared, options.format);
      done(statusOnFailures(io, compared.run, options));
    });
}
