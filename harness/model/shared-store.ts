/** Whose results a part of a store holds: of code that somebody vouches for, or of anybody's patches. */
export const storeParts = ['trusted', 'untrusted'] as const;
export type StorePart = (typeof storeParts)[number];

/** Names an entry; `key` is a sha256 in hex. */
export interface StoreName {
  readonly kind: string;
  readonly key: string;
}

/** A store of results that several machines share, as one run sees it. */
export interface SharedStore {
  /** As the user named it: a directory or an address. */
  readonly place: string;
  /** Whether we have a key to sign with, without which nothing is put there. */
  readonly writable: boolean;
  /**
   * The same store for a series that the user vouches for, which takes and gives trusted entries alone. Until this is
   * called, entries of both parts are taken, and what is given is untrusted.
   */
  trusted(): SharedStore;
  /**
   * Brings the files of an entry into an empty directory.
   *
   * @returns a name for whoever signed it; undefined where there is none that may be taken, which is said where there is one
   * @throws InterruptedError
   */
  take(name: StoreName, directory: string): Promise<string | undefined>;
  /**
   * Puts the files of a directory there, unless the entry is there already: the first one counts. Does nothing without a key.
   *
   * @returns whether the entry is there now
   * @throws InterruptedError
   */
  give(name: StoreName, directory: string): Promise<boolean>;
}
