import path from 'node:path';
import { userPath } from '../host/files/user-path.ts';
import { readStoreKeys } from '../host/shared/keys.ts';
import { openSharedStore } from '../host/shared/store.ts';
import { type Context, defined, warning } from '../model/index.ts';

export interface StoreChoice {
  /** A directory, or an http(s):// address; relative paths start at `cwd`. */
  readonly place: string;
  /** The file with the keys; absolute. */
  readonly keys: string;
  readonly cwd: string;
  /** The user vouches for what is built: its results are for everybody. */
  readonly vouched: boolean;
}

/**
 * A context whose stages take results from a store that several machines share, and give theirs to it.
 *
 * @throws UserError for an address of a kind that there is not, and for a file without a key that can be used
 */
export async function withSharedStore({ place, keys, cwd, vouched }: StoreChoice, context: Context): Promise<Context> {
  const known = await readStoreKeys(keys);
  const hint = known.own === undefined ? 'who has no private key can read a store, but not begin one' : undefined;
  const store = openSharedStore({
    place: place.includes('://')
      ? place
      : await userPath(known.own === undefined ? 'directory' : 'new-directory', {
          path: path.resolve(cwd, place),
          what: 'store',
          ...defined({ hint }),
        }),
    keys: known,
    say: warning(context),
    signal: context.signal,
  });
  return { ...context, shared: vouched ? store.trusted() : store };
}
