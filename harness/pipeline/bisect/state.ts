import path from 'node:path';
import * as z from 'zod';
import { readKept } from '../../host/files/kept.ts';
import { ensureDirectory, writeJson } from '../../host/files/write.ts';
import { type BisectPoint, type Context, type Observation, stageNames, warning } from '../../model/index.ts';

const text = z.string();

const point: z.ZodType<BisectPoint> = z.object({
  key: text,
  label: text,
  commit: text.exactOptional(),
  subject: text.exactOptional(),
});

const observation: z.ZodType<Observation> = z.object({
  sign: z.enum(['good', 'bad', 'skip']),
  summary: text,
  excerpt: z.array(text),
  log: text.exactOptional(),
  settled: z.boolean(),
  took: z.partialRecord(z.enum(stageNames), z.number()).exactOptional(),
});

const stateShape = z.object({
  format: z.literal(1),
  title: text,
  tries: z.array(z.object({ point, observations: z.array(observation) })),
});

type Stored = z.infer<typeof stateShape>;

/** What has been observed so far, in the order in which points were first tried; on disk after each observation. */
export interface BisectState {
  readonly tries: ReadonlyMap<string, { readonly point: BisectPoint; readonly observations: readonly Observation[] }>;
  add(point: BisectPoint, observation: Observation): Promise<void>;
}

/**
 * Opens the state of a bisection in its directory; `fresh` forgets what is there. A state that is damaged is told, and the
 * bisection starts over.
 */
export async function openBisectState(
  directory: string,
  title: string,
  { fresh, emit }: Pick<Context, 'fresh' | 'emit'>,
): Promise<BisectState> {
  const file = path.join(directory, 'state.json');
  await ensureDirectory(directory);
  const broken = { tell: warning({ emit }), then: 'the bisection starts over' };
  const stored = fresh ? undefined : await readKept(file, stateShape, broken);
  const tries = new Map(stored?.tries.map((one) => [one.point.key, one] as const));
  return {
    tries,
    async add(point, observation) {
      const before = tries.get(point.key)?.observations ?? [];
      tries.set(point.key, { point, observations: [...before, observation] });
      await writeJson(file, { format: 1, title, tries: [...tries.values()] } satisfies Stored);
    },
  };
}
