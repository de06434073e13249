import path from 'node:path';
import { readText } from '../../host/files/read.ts';
import { configChanges, parseConfig } from '../../kconfig/index.ts';
import { newFindings } from '../../make/index.ts';
import type { Cell, Diagnostic, OptionChange, Run } from '../../model/index.ts';
import { type CellPair, compareRuns, matchCells, type PairDetails } from '../../results/index.ts';
import type { StoredRun } from './directory.ts';

/** Warnings of the one list that the other does not have, by file, option and text. */
function warningsBeyond(now: readonly Diagnostic[], before: readonly Diagnostic[]): Diagnostic[] {
  const found = newFindings(
    now.map((diagnostic) => ({ diagnostic, lines: [] })),
    before,
  );
  return found.map(({ diagnostic }) => diagnostic);
}

async function configOf(cell: Cell, directory: string): Promise<string | undefined> {
  const { config } = cell.logs;
  return config === undefined ? undefined : await readText(path.join(directory, config));
}

async function optionsChanged({ now, before }: CellPair, mine: string, theirs: string): Promise<OptionChange[]> {
  if (now.configHash === before.configHash) return [];
  const [old, current] = await Promise.all([configOf(before, theirs), configOf(now, mine)]);
  return old === undefined || current === undefined ? [] : configChanges(parseConfig(old), parseConfig(current));
}

/**
 * A run with what is different from an earlier one in it. Configurations come from the two run directories; where one is
 * gone, nothing is said about them.
 */
export async function withComparison(stored: StoredRun, against: StoredRun): Promise<Run> {
  const { run } = stored;
  const match = matchCells(run, against.run);
  const details = new Map<CellPair, PairDetails>();
  for (const pair of match.pairs) {
    const [now, before] = [pair.now.diagnostics?.warnings, pair.before.diagnostics?.warnings];
    details.set(pair, {
      fresh: now && before ? warningsBeyond(now, before) : [],
      gone: now && before ? warningsBeyond(before, now) : [],
      config: await optionsChanged(pair, stored.directory, against.directory),
    });
  }
  return { ...run, comparison: compareRuns(run, against.run, match, details) };
}
