import { defined, type KnownIssue, type Run } from '../model/index.ts';
import { findHistory } from './history.ts';
import { knownStates } from './known.ts';
import { findTargetDifferences } from './targets.ts';
import { countOutcomes, verdictOf } from './verdict.ts';

/** A run before its conclusions were drawn. */
export type RunParts = Omit<Run, 'verdict' | 'counts' | 'findings' | 'differences' | 'known'> & {
  readonly known?: readonly KnownIssue[];
};

/** Draws every conclusion that follows from the cells alone. Doing it again changes nothing. */
export function concludeRun(parts: RunParts): Run {
  const { format, id, comparison, known, ...rest } = parts;
  return {
    format,
    id,
    verdict: verdictOf(parts),
    counts: countOutcomes(parts.cells),
    ...rest,
    findings: findHistory(parts.cells),
    differences: findTargetDifferences(parts.cells, parts.machines ?? {}),
    ...defined({ comparison, known: known && knownStates(known, parts.cells, parts.started) }),
  };
}
