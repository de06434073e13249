import { hashValues } from '../../../host/files/hash.ts';
import { fromStore } from '../../../host/files/store.ts';
import { type CollectionEntry, listGoal, listMakefile, readListing } from '../../../kselftest/index.ts';
import type { MakePlaces } from '../../../make/index.ts';
import { type Context, warning } from '../../../model/index.ts';
import { originKey, withBuildPlace } from '../place.ts';
import { collectionMake, type KselftestPoint, kselftestPlace, outputOf, runInPlace } from './room.ts';

/** A change of this number makes every stored list stale. */
const format = 1;
const makefileName = 'kselftest-list.mk';
const shownLines = 20;

/** What a collection has on a target, by its own makefile. */
export interface Listing {
  readonly files: readonly CollectionEntry[];
  /** Names that are not taken. */
  readonly refused: readonly string[];
  /** What make said, where the makefile cannot be read. */
  readonly said?: readonly string[];
}

/**
 * Lets make tell which files a collection has, in the sandbox of builds: reading a makefile runs what stands in it.
 *
 * @throws HostError, InterruptedError
 */
export async function listCollection(point: KselftestPoint, collection: string, context: Context): Promise<Listing> {
  const { source, target } = point;
  const { result } = await fromStore<Listing>({
    store: context.cache.store,
    kind: 'kselftest',
    key: hashValues('listing', format, source.id, target.name, collection, originKey(source.origin)),
    fresh: false,
    say: warning(context),
    keep: ({ said }) => said === undefined,
    make: () =>
      withBuildPlace(context, kselftestPlace(point, context), source, async () => {
        const asked = {
          goal: 'kselftest-list',
          files: { [makefileName]: listMakefile },
          command: (places: MakePlaces): [string, ...string[]] => [
            ...collectionMake(point, collection, places),
            ...['-f', 'Makefile', '-f', `${places.own}/${makefileName}`, listGoal],
          ],
        };
        const { make, log } = await runInPlace(point, asked, context);
        if (!make.succeeded) return { files: [], refused: [], said: log.trimEnd().split('\n').slice(-shownLines) };
        return readListing(log, outputOf(make.room.places, collection));
      }),
  });
  return result;
}
