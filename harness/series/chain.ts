import { createHash } from 'node:crypto';
import type { Patch } from '../model/index.ts';

/** Raise it when equal inputs would give other commits than before. */
const format = 1;

/**
 * A name for each point of a series on a base commit, in hex; equal when everything that the point's commit is made of
 * is equal. The first entry belongs to point 1.
 *
 * @param fuzz lines of context that may differ; with another number another place may be found
 */
export function chainIds(baseCommit: string, patches: readonly Patch[], fuzz = 0): string[] {
  let previous = `${format} ${baseCommit}${fuzz === 0 ? '' : ` ${fuzz}`}`;
  return patches.map((patch) => {
    // The name is part of it only for the subject of a patch without a mail head.
    previous = createHash('sha256').update(`${previous}\n${patch.hash}\n${patch.subject}`).digest('hex');
    return previous;
  });
}
