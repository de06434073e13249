import path from 'node:path';
import { listDirectory } from '../../host/files/list.ts';
import { readRun } from '../../host/files/run-directory.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { type Timeline, UserError } from '../../model/index.ts';
import { readFacts, type StoredFacts, type TrackFilter, timelineOf } from '../../results/index.ts';

export interface HistoryRequest extends TrackFilter {
  /** Directory of stored runs; absolute. */
  readonly runs: string;
  /** The newest so many of those that fit. */
  readonly last: number;
  /** Only runs of this series and this tree; those of the newest run when absent. */
  readonly series?: string;
  readonly tree?: string;
}

export interface History {
  readonly timeline: Timeline;
  /** Runs of other series or trees in the same place. */
  readonly others: number;
  /** What lies there and can't be read, a sentence each. */
  readonly problems: readonly string[];
}

/** Reads the stored runs of a series on a tree and puts them one after the other. Throws UserError where there is none. */
export async function readHistory({ runs: place, last, series, tree, ...filter }: HistoryRequest): Promise<History> {
  // Their names begin with their dates, so the newest come first.
  const names = (await listDirectory(place)).filter((name) => /^\d{8}-/.test(name)).reverse();
  const found: StoredFacts[] = [];
  const problems: string[] = [];
  let others = 0;
  for (const name of names) {
    if (found.length >= last) break;
    try {
      const { value, file } = await readRun(path.join(place, name));
      const facts = readFacts(value, file);
      const isWanted =
        facts.series.name === (series ?? found[0]?.series.name ?? facts.series.name) &&
        facts.tree.name === (tree ?? found[0]?.tree.name ?? facts.tree.name);
      if (isWanted) found.push(facts);
      else others += 1;
    } catch (error) {
      // A run that goes on, or was killed, has no run.json yet.
      if (!(error instanceof UserError)) throw error;
      if (!error.message.startsWith('no stored run')) problems.push(error.message);
    }
  }
  if (found.length > 0) return { timeline: timelineOf(found, filter), others, problems };
  const what = [series === undefined ? [] : `of series ${series}`, tree === undefined ? [] : `on tree ${tree}`].flat();
  throw new UserError(`no stored run ${[...what, `in ${place}`].join(' ')}`, {
    code: 'QB-STORED',
    hint: others > 0 ? `there are ${others} of other series or trees` : 'make one with: quiltboot run',
  });
}

/** Writes a page to a file. */
export async function writePage(file: string, text: string): Promise<void> {
  await writeFileAtomic(file, text);
}
