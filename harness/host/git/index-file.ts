import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';

/** A file that is stored and that stands in a work tree just so. */
export interface IndexEntry {
  /** Relative to the top, as bytes. */
  readonly name: Buffer;
  readonly id: Buffer;
  /** Git's mode: 0o100644, 0o100755 or 0o120000. */
  readonly mode: number;
  readonly stat: BigIntStats;
}

const fixedLength = 62;
const lowBits = 0xffff_ffffn;
const longestName = 0xfff;

/**
 * Gathers a git index, version 2: see gitformat-index(5). With it, git need not look into files that are unchanged.
 */
export class IndexBuilder {
  /** One growing buffer: many small ones would each keep a block of Node's pool alive. */
  #bytes = Buffer.alloc(2 ** 20);
  #used = 0;
  readonly #entries: { readonly name: string; readonly start: number; readonly end: number }[] = [];

  add(entry: IndexEntry): void {
    // One NUL at least ends the name.
    const length = Math.ceil((fixedLength + entry.name.length + 1) / 8) * 8;
    if (this.#used + length > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(this.#bytes.length + length)]);
    }
    const end = this.#used + length;
    writeEntry(this.#bytes.subarray(this.#used, end), entry);
    // As latin1, strings sort as their bytes do.
    this.#entries.push({ name: entry.name.toString('latin1'), start: this.#used, end });
    this.#used = end;
  }

  /** The file's bytes, entries sorted. */
  bytes(): Buffer {
    const header = Buffer.from('DIRC\0\0\0\x02\0\0\0\0', 'latin1');
    header.writeUInt32BE(this.#entries.length, 8);
    const sorted = this.#entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const body = Buffer.concat([header, ...sorted.map(({ start, end }) => this.#bytes.subarray(start, end))]);
    return Buffer.concat([body, createHash('sha1').update(body).digest()]);
  }
}

function writeEntry(bytes: Buffer, { name, id, mode, stat }: IndexEntry): void {
  const times = [...seconds(stat.ctimeNs), ...seconds(stat.mtimeNs)];
  const fields = [...times, stat.dev, stat.ino, BigInt(mode), stat.uid, stat.gid, stat.size];
  for (const [index, field] of fields.entries()) bytes.writeUInt32BE(Number(field & lowBits), index * 4);
  id.copy(bytes, 40);
  bytes.writeUInt16BE(Math.min(name.length, longestName), 60);
  name.copy(bytes, fixedLength);
}

function seconds(nanoseconds: bigint): readonly [bigint, bigint] {
  return [nanoseconds / 1_000_000_000n, nanoseconds % 1_000_000_000n];
}
