/** Something in a hostile directory is not what it should be. A result of whoever made it, not a fault of the machine. */
export class HostileFile extends Error {
  override readonly name = 'HostileFile';
}

export interface HostilePath {
  /** Ours: not itself inside of anything hostile. */
  readonly root: string;
  /** Relative to it, with `/`. */
  readonly file: string;
  /** Most bytes that are taken. */
  readonly limit: number;
  /** Follow links that stay below the root; without it a link is refused. */
  readonly links?: boolean;
}

export const missing = new Set(['ENOENT', 'ENOTDIR']);

export function code(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

export function refuse({ file }: HostilePath, what: string): HostileFile {
  return new HostileFile(`${file} ${what}`);
}
