import path from 'node:path';
import { type BuildPlace, buildPlace, removeBuilt } from '../../host/make/build-directory.ts';
import type { Context, Origin, Source, Target, Toolchain } from '../../model/index.ts';
import { locked } from '../locked.ts';

/**
 * Where a point is built for a target, by a toolchain and with a configuration. It is kept, so that walking along a series compiles only what
 * depends on each patch; points of other origins are never built there.
 */
export function placeOf(
  context: Context,
  { origin }: Pick<Source, 'origin'>,
  { target, toolchain }: { readonly target: Target; readonly toolchain: Pick<Toolchain, 'place'> },
  configuration: string,
): BuildPlace {
  const built = [target.name, configuration, ...(toolchain.place === undefined ? [] : [toolchain.place])];
  return buildPlace(path.join(context.cache.builds, `${built.join('-')}-${origin.id}`));
}

/** Directories that were emptied for a fresh start, by whom. */
const emptied = new WeakMap<Origin, Set<string>>();

/** Runs an action while nobody else uses the build's places, in this process or another. */
export function withBuildPlace<T>(
  context: Context,
  place: BuildPlace,
  { origin }: Pick<Source, 'origin'>,
  action: () => Promise<T>,
): Promise<T> {
  const name = path.basename(place.root);
  return locked(context, { name: `build-${name}`, purpose: `building in ${name}` }, async () => {
    if (context.fresh) await emptyOnce(place, origin);
    return action();
  });
}

/** The first build of a walk that starts over finds nothing; the later ones resume from it. */
async function emptyOnce({ root }: BuildPlace, origin: Origin): Promise<void> {
  const known = emptied.get(origin) ?? new Set();
  emptied.set(origin, known);
  if (known.has(root)) return;
  await removeBuilt(root);
  known.add(root);
}

/** What of an origin belongs into the key of a stored result: nobody takes over what a stranger's patches have made. */
export function originKey({ kind, id }: Origin): string | null {
  return kind === 'series' ? id : null;
}
