import path from 'node:path';
import { ensureDirectory } from '../../host/files/write.ts';
import type { BuildPlace } from '../../host/make/build-directory.ts';
import { findCommand } from '../../host/make/toolchain.ts';
import type { Mount } from '../../host/sandbox/request.ts';
import { type CompilerCache, sandboxLayer } from '../../make/index.ts';
import type { Context, Origin } from '../../model/index.ts';

interface Layer {
  readonly name: string;
  readonly directory: string;
}

/** The layers of the compiler cache for a build, as the machine has them and as a sandbox shows them. */
export interface CacheLayers {
  readonly outside: CompilerCache;
  readonly inside: CompilerCache;
  readonly mounts: readonly Mount[];
}

function layersOf(context: Context, place: BuildPlace, { kind, tree }: Origin): [Layer, ...Layer[]] {
  const own: Layer = { name: 'own', directory: path.join(context.cache.ccache, 'own') };
  if (kind === 'own') return [own];
  const base: Layer = { name: 'tree', directory: path.join(context.cache.ccache, `tree-${tree.slice(0, 16)}`) };
  if (kind === 'tree') return [base, own];
  return [{ name: 'series', directory: place.cache }, base, own];
}

/**
 * A series of others writes into a layer of its own and reads what was compiled of its tree and what the user vouches
 * for; nothing it wrote is ever read for anybody else. Undefined where there is no ccache.
 */
export async function cacheLayers(
  context: Context,
  place: BuildPlace,
  origin: Origin,
): Promise<CacheLayers | undefined> {
  if ((await findCommand('ccache')) === undefined) return undefined;
  const layers = layersOf(context, place, origin);
  for (const { directory } of layers) await ensureDirectory(directory);
  const [first, ...others] = layers;
  const common = { shared: origin.kind !== 'series', fresh: context.fresh };
  return {
    outside: { ...common, writes: first.directory, reads: others.map(({ directory }) => directory) },
    inside: { ...common, writes: sandboxLayer(first.name), reads: others.map(({ name }) => sandboxLayer(name)) },
    mounts: layers.map(({ name, directory }, index) => ({
      from: directory,
      at: sandboxLayer(name),
      writable: index === 0,
    })),
  };
}
