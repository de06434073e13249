import path from 'node:path';
import { readJson } from '../../host/files/read.ts';
import { ensureDirectory, writeJson } from '../../host/files/write.ts';
import type { BisectPoint, Observation } from '../../model/index.ts';

interface Stored {
  readonly format: 1;
  readonly title: string;
  readonly tries: readonly { readonly point: BisectPoint; readonly observations: readonly Observation[] }[];
}

/** What has been observed so far, in the order in which points were first tried; on disk after each observation. */
export interface BisectState {
  readonly tries: ReadonlyMap<string, { readonly point: BisectPoint; readonly observations: readonly Observation[] }>;
  add(point: BisectPoint, observation: Observation): Promise<void>;
}

/** Opens the state of a bisection in its directory; `fresh` forgets what is there. */
export async function openBisectState(directory: string, title: string, fresh: boolean): Promise<BisectState> {
  const file = path.join(directory, 'state.json');
  await ensureDirectory(directory);
  const stored = fresh ? undefined : ((await readJson(file)) as Stored | undefined);
  const tries = new Map(stored?.format === 1 ? stored.tries.map((one) => [one.point.key, one] as const) : []);
  return {
    tries,
    async add(point, observation) {
      const before = tries.get(point.key)?.observations ?? [];
      tries.set(point.key, { point, observations: [...before, observation] });
      await writeJson(file, { format: 1, title, tries: [...tries.values()] } satisfies Stored);
    },
  };
}
