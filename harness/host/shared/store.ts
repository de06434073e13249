import path from 'node:path';
import { type SharedStore, type StoreName, type StorePart, UserError } from '../../model/index.ts';
import { withScratch } from '../files/scratch.ts';
import { type Blobs, StoreProblem } from './blobs.ts';
import { directoryBlobs } from './directory.ts';
import { packEntry, unpackEntry } from './entry.ts';
import type { StoreKeys } from './keys.ts';
import { webBlobs } from './web.ts';

export interface SharedStoreRequest {
  /** An absolute path, or what begins as an address does. */
  readonly place: string;
  readonly keys: StoreKeys;
  /** Told what is refused, and once that the store is of no use. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Which parts a run may take from; what it gives goes to the last one. */
interface View {
  readonly takes: readonly StorePart[];
  readonly gives: StorePart;
}

const anybodys: View = { takes: ['trusted', 'untrusted'], gives: 'untrusted' };
const vouched: View = { takes: ['trusted'], gives: 'trusted' };

function blobsOf({ place, signal }: SharedStoreRequest): Blobs {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(place) ?? [];
  if (scheme === undefined) return directoryBlobs(place);
  if (/^https?$/i.test(scheme)) return webBlobs(place, signal);
  throw new UserError(`--store: there are no stores at ${scheme}:// addresses`, {
    code: 'QB-USAGE',
    hint: 'name a directory, or an http(s):// address (most object stores have one)',
  });
}

function checkName({ kind, key }: StoreName): void {
  if (!/^[a-z][a-z-]*$/.test(kind) || !/^[0-9a-f]{64}$/.test(key))
    throw new Error(`${kind}/${key} is no name of an entry`);
}

/**
 * Opens a store that several machines share: `PART/KIND/KEY` is one file, which says the hash of its content and who made
 * it, and nothing is taken of which either is not as it should be.
 *
 * @throws UserError for an address of a kind that there is not
 */
export function openSharedStore(request: SharedStoreRequest): SharedStore {
  const { place, keys, say } = request;
  const blobs = blobsOf(request);
  let isLost = false;
  const lose = (problem: StoreProblem): void => {
    if (!isLost) say(`the store ${place} is not used any further: ${problem.message}`);
    isLost = true;
  };
  const view = (parts: View): SharedStore => ({
    place,
    writable: keys.own !== undefined,
    trusted: () => view(vouched),
    async take(name, directory) {
      checkName(name);
      for (const part of parts.takes) {
        if (isLost) return undefined;
        const file = `${part}/${name.kind}/${name.key}`;
        try {
          const by = await withScratch({ purpose: 'store' }, async (scratch) => {
            const entry = path.join(scratch, 'entry');
            return (await blobs.fetch(file, entry))
              ? await unpackEntry({ ...name, part }, entry, keys, directory)
              : undefined;
          });
          if (by !== undefined) return by;
        } catch (error) {
          if (!(error instanceof StoreProblem)) throw error;
          if (error.lost) lose(error);
          else say(`${file} of the store ${place} is refused: ${error.message}`);
        }
      }
      return undefined;
    },
    async give(name, directory) {
      checkName(name);
      const { own } = keys;
      if (own === undefined || isLost) return false;
      const part = parts.gives;
      try {
        await withScratch({ purpose: 'store' }, async (scratch) => {
          const entry = await packEntry({ ...name, part }, directory, own, scratch);
          await blobs.send(`${part}/${name.kind}/${name.key}`, entry);
        });
        return true;
      } catch (error) {
        if (!(error instanceof StoreProblem)) throw error;
        lose(error);
        return false;
      }
    },
  });
  return view(anybodys);
}
