import type { HunkLine } from '../diff/hunk.ts';
import { isBlob } from '../text/blob.ts';
import { toBuffer } from '../text/bytes.ts';
import type { Bytes, TreeReader } from '../text/types.ts';

/** A tree with the patches so far on top, kept in memory: what the next patch of a queue is compared with. */
export class PatchedTree implements TreeReader {
  private readonly base: TreeReader;
  private readonly changed = new Map<string, readonly Bytes[] | undefined>();
  private readonly unknown = new Map<string, string>();

  constructor(base: TreeReader) {
    this.base = base;
  }

  async lines(path: string): Promise<readonly Bytes[] | undefined> {
    if (this.changed.has(path)) return this.changed.get(path);
    const lines = await this.base.lines(path);
    this.changed.set(path, lines);
    return lines;
  }

  /** Replaces a file; undefined deletes it. */
  set(path: string, lines: readonly Bytes[] | undefined): void {
    this.changed.set(path, lines);
  }

  /** From here on nobody knows what the file holds, because the patch named did not find its place in it. */
  lose(path: string, patch: string): void {
    if (!this.unknown.has(path)) this.unknown.set(path, patch);
  }

  lostBy(path: string): string | undefined {
    return this.unknown.get(path);
  }
}

export interface PlacedHunk {
  /** Index of the file's line at which the hunk begins. */
  readonly start: number;
  readonly lines: readonly HunkLine[];
}

/** Where the old lines of a hunk stand exactly, nearest to `expected`; undefined where they don't. */
export function placeExactly(lines: readonly HunkLine[], file: readonly Bytes[], expected: number): number | undefined {
  const old = lines.filter(({ kind }) => kind === ' ' || kind === '-').map(({ text }) => text);
  const last = file.length - old.length;
  const fits = (start: number): boolean =>
    start >= 0 && start <= last && old.every((text, index) => file[start + index] === text);
  if (old.length === 0) return Math.min(Math.max(0, expected), Math.max(0, last));
  for (let far = 0; far <= Math.max(expected, last - expected); far++) {
    if (fits(expected - far)) return expected - far;
    if (fits(expected + far)) return expected + far;
  }
  return undefined;
}

/** The file with hunks applied; undefined where they overlap. Lines are as in {@link TreeReader}. */
export function applyHunks(file: readonly Bytes[], hunks: readonly PlacedHunk[]): Bytes[] | undefined {
  const out: Bytes[] = [];
  let at = 0;
  let oldOpen = false;
  let newOpen = false;
  for (const { start, lines } of hunks) {
    if (start < at) return undefined;
    out.push(...file.slice(at, start));
    at = start;
    let previous: HunkLine['kind'] = ' ';
    for (const { kind, text } of lines) {
      if (kind === '\\') {
        oldOpen ||= previous !== '+';
        newOpen ||= previous !== '-';
        continue;
      }
      previous = kind;
      if (kind !== '+') at++;
      if (kind !== '-') out.push(text);
    }
  }
  out.push(...file.slice(at));
  // "No newline at end of file" on one side only adds or takes away the empty entry after the last newline.
  if (oldOpen && !newOpen) out.push('');
  if (newOpen && !oldOpen && out.at(-1) === '') out.pop();
  return out;
}

/** Whether git calls a file with these lines by a name that begins with `id`, in hex. */
export function hasId(lines: readonly Bytes[], id: string): boolean {
  return isBlob(toBuffer(lines.join('\n')), id);
}
