import path from 'node:path';
import { hashValues } from '../../../host/files/hash.ts';
import { readJson } from '../../../host/files/read.ts';
import { withScratch } from '../../../host/files/scratch.ts';
import { copyIfThere } from '../../../host/files/write.ts';
import type { Run, SharedStore, StoreName } from '../../../model/index.ts';
import { concludeRun, parseRun, pointsOf } from '../../../results/index.ts';
import type { CellEnd, EngineSetup } from '../engine.ts';
import { directoriesOf } from '../merge.ts';

/** Where the result of a chain stands in the store; `round` is another word for each time that it is done again. */
export function resultName(chain: string, round: string): StoreName {
  return { kind: 'chain', key: hashValues('result', chain, round) };
}

/** Whether the machine is to blame for a part of it: such a result is not kept as long as another machine may do better. */
export function isMachines({ cells }: Pick<Run, 'cells'>): boolean {
  return cells.some(({ outcome, blame }) => outcome === 'not-run' && blame === 'host');
}

interface Wanted {
  readonly target: string;
  readonly from: number;
  readonly to: number;
}

/** Why a run is not the part that was asked for; undefined where it is. */
function problemOf(run: Run, { target, from, to }: Wanted, { tree, series, points }: EngineSetup): string | undefined {
  if (run.tree.key !== tree.key) return 'it is of another tree';
  const hashes = (patches: readonly { readonly hash?: string }[]): string => patches.map(({ hash }) => hash).join();
  if (hashes(run.series.patches.slice(0, to)) !== hashes(series.patches.slice(0, to))) return 'it is of other patches';
  const wanted = pointsOf({ from, to }, points);
  const cells = run.cells.map((cell) => `${cell.target} ${cell.point}`).sort();
  const isWhole =
    cells.join() ===
    wanted
      .map((point) => `${target} ${point}`)
      .sort()
      .join();
  return isWhole ? undefined : 'it has other cells than the chain';
}

/**
 * Takes the result of a chain from the store, with its logs to the run's directory.
 *
 * @param say told what is wrong with one that is not taken
 * @returns its cells; undefined where there is none
 */
export async function takeResult(
  name: StoreName,
  wanted: Wanted,
  setup: EngineSetup,
  at: { readonly store: SharedStore; readonly directory: string; readonly say: (text: string) => void },
): Promise<CellEnd[] | undefined> {
  return await withScratch({ purpose: 'chain' }, async (scratch) => {
    if ((await at.store.take(name, scratch)) === undefined) return undefined;
    const file = path.join(scratch, 'run.json');
    const run = concludeRun(parseRun(await readJson(file), file));
    const problem = problemOf(run, wanted, setup);
    if (problem !== undefined) {
      at.say(`the result of ${wanted.target} ${wanted.from}..${wanted.to} in the store is not used: ${problem}`);
      return undefined;
    }
    for (const place of new Set(run.cells.flatMap(directoriesOf))) {
      await copyIfThere(path.join(scratch, place), path.join(at.directory, place));
    }
    const { sandbox } = run;
    return run.cells.map((cell) => ({ cell, ...(sandbox && { sandbox }) }));
  });
}
