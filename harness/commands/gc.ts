import { Command, Option } from 'commander';
import { defined } from '../model/index.ts';
import { collectCache } from '../pipeline/index.ts';
import { renderFreed, renderPieces } from '../report/index.ts';
import type { Io } from './io.ts';
import { days, parseBytes } from './parsers.ts';
import { examplesText } from './print.ts';
import { type GlobalOptions, openSession } from './session.ts';

interface GcOptions {
  readonly keepDays?: number;
  readonly maxSize?: number;
  readonly dryRun?: true;
}

/** `quiltboot gc`: shows what the cache holds, and frees what is asked for. */
export function gcCommand(io: Io, done: (status: number) => void): Command {
  return new Command('gc')
    .description('Show what the cache holds, and free what was used least recently.')
    .addOption(new Option('--keep-days <n>', 'remove entries that were not used for n days').argParser(days))
    .addOption(
      new Option(
        '--max-size <size>',
        'remove the least recently used entries until the cache is no larger: 20G, 500M',
      ).argParser(parseBytes),
    )
    .addOption(new Option('-n, --dry-run', 'print what would be removed, and remove nothing'))
    .addHelpText(
      'after',
      `
Without --keep-days and --max-size nothing is removed. Entries in use stay; everything removed is made again when it is
needed. Runs stored beside a project are not part of the cache.
${examplesText(['quiltboot gc', 'quiltboot gc --max-size 20G --dry-run', 'quiltboot gc --keep-days 14 --max-size 50G'])}`,
    )
    .action(async ({ keepDays, maxSize, dryRun: dry }: GcOptions, self: Command) => {
      const dryRun = dry === true;
      const { context, reporter } = openSession(io, self.optsWithGlobals<GlobalOptions>());
      try {
        const { pieces, freed } = await collectCache({ dryRun, ...defined({ keepDays, maxBytes: maxSize }) }, context);
        const now = Date.now();
        io.out(renderPieces(pieces, context.cache.root, now));
        if (freed) io.out(`\n${renderFreed(freed, now, dryRun)}`);
      } finally {
        reporter.end();
      }
      done(0);
    });
}
