/** Where the files of a store lie. Names are relative, with `/`, and made of letters, digits, `-` and `_`. */
export interface Blobs {
  /**
   * Brings a file.
   *
   * @returns whether it is there
   * @throws StoreProblem for a place that does not answer, or a name that leads out of the store
   */
  fetch(name: string, to: string): Promise<boolean>;
  /**
   * Puts a file there, whole or not at all, where none of its name is.
   *
   * @throws StoreProblem
   */
  send(name: string, file: string): Promise<void>;
}

/** Most bytes of one file: several times what the symbols of a large kernel have. */
export const mostBytes = 4 * 2 ** 30;

/** Why a store is of no use, or one of its entries; a sentence without a subject. */
export class StoreProblem extends Error {
  /** Whether the place, not one entry, is to blame: nothing else is asked of it. */
  readonly lost: boolean;

  constructor(message: string, { lost, cause }: { readonly lost: boolean; readonly cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StoreProblem';
    this.lost = lost;
  }
}
