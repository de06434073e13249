import path from 'node:path';
import { readJson } from '../../host/files/read.ts';
import { diskUsage } from '../../host/files/usage.ts';
import { writeJson } from '../../host/files/write.ts';
import type { CachePiece, Context } from '../../model/index.ts';
import { type LocatedPiece, locatePieces } from './kinds.ts';

/** A piece of the cache with its place. */
export type PlacedPiece = LocatedPiece & CachePiece;

type Remembered = Readonly<Record<string, { readonly used: number; readonly bytes: number }>>;

function keyOf({ kind, name }: Pick<CachePiece, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

async function remembered(file: string): Promise<Remembered> {
  const value = (await readJson(file)) ?? {};
  const isSize = (one: unknown): boolean => {
    const { used, bytes } = (one ?? {}) as Readonly<Record<string, unknown>>;
    return typeof used === 'number' && typeof bytes === 'number';
  };
  return Object.fromEntries(Object.entries(value).filter(([, one]) => isSize(one)));
}

/**
 * What the cache holds, with sizes. Those of what was not used since they were counted are remembered: to count a work tree
 * takes a moment, and there may be many.
 *
 * @param timeoutMs after which pieces that were not counted have no size
 */
export async function measurePieces(
  { cache, signal }: Pick<Context, 'cache' | 'signal'>,
  timeoutMs?: number,
): Promise<PlacedPiece[]> {
  const file = path.join(cache.root, 'sizes.json');
  const [located, known] = [await locatePieces(cache), await remembered(file)];
  const recall = (one: LocatedPiece): number | undefined => {
    const found = known[keyOf(one)];
    return found?.used === one.used ? found.bytes : undefined;
  };
  const paths = located.filter((one) => recall(one) === undefined).flatMap((one) => one.paths);
  const counted = await diskUsage(paths, { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const count = (one: LocatedPiece): { readonly bytes?: number } => {
    const sizes = one.paths.map((each) => counted.get(each)).filter((size) => size !== undefined);
    return sizes.length === 0 ? {} : { bytes: sizes.reduce((sum, size) => sum + size, 0) };
  };
  const pieces = located.map((one): PlacedPiece => {
    const bytes = recall(one);
    return { ...one, ...(bytes === undefined ? count(one) : { bytes }) };
  });
  const sizes = pieces.flatMap(({ bytes, used, ...one }) =>
    bytes === undefined ? [] : [[keyOf(one), { used, bytes }]],
  );
  if (counted.size > 0) await writeJson(file, Object.fromEntries(sizes));
  return pieces;
}
