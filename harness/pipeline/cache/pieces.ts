import path from 'node:path';
import * as z from 'zod';
import { readKept } from '../../host/files/kept.ts';
import { diskUsage } from '../../host/files/usage.ts';
import { writeJson } from '../../host/files/write.ts';
import { type CachePiece, type Context, warning } from '../../model/index.ts';
import { type LocatedPiece, locatePieces } from './kinds.ts';

/** A piece of the cache with its place. */
export type PlacedPiece = LocatedPiece & CachePiece;

/** By kind and name: when it was used last, and its bytes then. */
const sizesShape = z.record(z.string(), z.object({ used: z.number(), bytes: z.number() }));

function keyOf({ kind, name }: Pick<CachePiece, 'kind' | 'name'>): string {
  return `${kind}/${name}`;
}

/**
 * What the cache holds, with sizes. Those of what was not used since they were counted are remembered: to count a work tree
 * takes a moment, and there may be many.
 *
 * @param timeoutMs after which pieces that were not counted have no size
 */
export async function measurePieces(
  { cache, signal, emit }: Pick<Context, 'cache' | 'signal' | 'emit'>,
  timeoutMs?: number,
): Promise<PlacedPiece[]> {
  const file = path.join(cache.root, 'sizes.json');
  const located = await locatePieces(cache);
  const known = (await readKept(file, sizesShape, { tell: warning({ emit }), then: 'sizes are counted again' })) ?? {};
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
