import { isOlder, namesLike } from '../../host/files/age.ts';
import { removePath } from '../../host/files/remove.ts';
import { removeBuilt } from '../../host/make/build-directory.ts';
import type { Context } from '../../model/index.ts';

/** How long what a series of others has left is kept after its last use. */
const keptMs = 14 * 24 * 60 * 60 * 1000;

let done = false;

/**
 * Removes work trees and builds of series of others that nobody has used for two weeks: each revision of a series has
 * places of its own, which no later one takes over. Once in a process.
 */
export async function removeOldPlaces({ cache }: Pick<Context, 'cache'>): Promise<void> {
  if (done) return;
  done = true;
  for (const place of await namesLike(cache.builds, /-series-[0-9a-f]{16}$/)) {
    if (await isOlder(`${place}/own`, keptMs)) await removeBuilt(place);
  }
  for (const index of await namesLike(cache.worktrees, /^series-[0-9a-f]{16}\.index$/)) {
    if (!(await isOlder(index, keptMs))) continue;
    await removePath(index);
    await removePath(index.replace(/\.index$/, ''));
  }
}
