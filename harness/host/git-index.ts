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

/** Bytes of a git index, version 2: see gitformat-index(5). With it, git need not look into files that are unchanged. */
export function indexBytes(entries: readonly IndexEntry[]): Buffer {
  const header = Buffer.from('DIRC\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(entries.length, 8);
  const sorted = [...entries].sort((one, other) => Buffer.compare(one.name, other.name));
  const body = Buffer.concat([header, ...sorted.map(entryBytes)]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

function entryBytes({ name, id, mode, stat }: IndexEntry): Buffer {
  // One NUL at least ends the name.
  const bytes = Buffer.alloc(Math.ceil((fixedLength + name.length + 1) / 8) * 8);
  const fields = [
    ...seconds(stat.ctimeNs),
    ...seconds(stat.mtimeNs),
    stat.dev,
    stat.ino,
    BigInt(mode),
    stat.uid,
    stat.gid,
  ];
  for (const [index, field] of [...fields, stat.size].entries())
    bytes.writeUInt32BE(Number(field & lowBits), index * 4);
  id.copy(bytes, 40);
  bytes.writeUInt16BE(Math.min(name.length, longestName), 60);
  name.copy(bytes, fixedLength);
  return bytes;
}

function seconds(nanoseconds: bigint): readonly [bigint, bigint] {
  return [nanoseconds / 1_000_000_000n, nanoseconds % 1_000_000_000n];
}
