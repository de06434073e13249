/** What a file is to a kernel's build: `code` is compiled or included, `kbuild` says what is, `text` is read by people alone. */
export type TouchedKind = 'code' | 'kbuild' | 'text';

/** A file that a patch changes, and whether the kernel of a cell was made with it. */
export interface TouchedFile {
  /** Relative to the tree. */
  readonly path: string;
  readonly kind: TouchedKind;
  readonly used: boolean;
  /** Why it was not used, as a clause: `CONFIG_PULSE is not set`. */
  readonly reason?: string;
  /** It is for another architecture than the cell's. */
  readonly foreign?: true;
}

/** Which files of a patch went into the kernel of a cell. */
export interface Compiled {
  readonly files: readonly TouchedFile[];
  /** Whether the kernel can tell anything of the patch. */
  readonly covered: boolean;
  /** The project accepts that it can't. */
  readonly allowed: boolean;
}

/** What the project says of patches of which no target compiles anything. */
export type Uncovered = 'allow' | 'fail';
