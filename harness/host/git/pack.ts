import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32, deflateSync } from 'node:zlib';
import { withHostErrors } from '../files/errors.ts';

/** Types of git objects as a pack numbers them. */
const objectTypes = { tree: 2, blob: 3 } as const;
export type ObjectType = keyof typeof objectTypes;

/** Compressed bytes after which a pause is made to write them: a tenth of a second's work or so. */
const flushBytes = 2 ** 21;

const headerLength = 12;

/** Git's name of an object: 20 bytes. */
export function objectId(type: ObjectType, content: Uint8Array): Buffer {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest();
}

/** Type and length of an object as they stand before it in a pack: 4 bits of length, then 7 bits a byte, lowest first. */
export function entryHeader(type: ObjectType, length: number): Buffer {
  const bytes: number[] = [];
  let byte = (objectTypes[type] << 4) | (length & 15);
  for (let rest = Math.floor(length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
  }
  return Buffer.from([...bytes, byte]);
}

export interface PackedObject {
  readonly offset: number;
  readonly crc: number;
}

/**
 * One new pack of a repository, written object by object.
 *
 * `git add` needs twice the processor time for a kernel: for each object that it puts into a pack it looks
 * through all that are in it already. The formats are those of gitformat-pack(5).
 */
export class PackWriter {
  readonly #file: FileHandle;
  readonly #name: string;
  /** By name, in latin1: as strings, eighty thousand names take a quarter of the memory. */
  readonly #objects = new Map<string, PackedObject>();
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #offset = headerLength;

  private constructor(file: FileHandle, name: string) {
    this.#file = file;
    this.#name = name;
  }

  static async create(repository: string): Promise<PackWriter> {
    const name = path.join(repository, 'objects', 'pack', 'incoming');
    const file = await withHostErrors(`write ${name}`, () => open(name, 'w'));
    // The number of objects is known at the end only.
    await file.write(Buffer.alloc(headerLength));
    return new PackWriter(file, name);
  }

  /** Adds an object, once, and resolves with its name. The content is done with when this returns its promise. */
  async add(type: ObjectType, content: Buffer): Promise<Buffer> {
    const id = objectId(type, content);
    const key = id.toString('latin1');
    if (this.#objects.has(key)) return id;
    const header = entryHeader(type, content.length);
    // In the background this takes twice the processor time, for files as small as source is.
    const data = deflateSync(content, { level: 1, chunkSize: Math.min(2 ** 16, Math.max(64, content.length)) });
    this.#objects.set(key, { offset: this.#offset, crc: crc32(data, crc32(header)) });
    this.#offset += header.length + data.length;
    this.#pending.push(header, data);
    this.#pendingBytes += header.length + data.length;
    if (this.#pendingBytes >= flushBytes) await this.#flush();
    return id;
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    await withHostErrors(`write ${this.#name}`, () => this.#file.appendFile(bytes));
  }

  /** Ends the pack, makes it durable, and lets git see it. */
  async finish(): Promise<void> {
    await this.#flush();
    const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
    header.writeUInt32BE(this.#objects.size, 8);
    await withHostErrors(`write ${this.#name}`, async () => {
      await this.#file.write(header, 0, headerLength, 0);
      const hash = createHash('sha1');
      await pipeline(createReadStream(this.#name), hash);
      const sum = hash.digest();
      await this.#file.write(sum, 0, sum.length, this.#offset);
      await this.#file.sync();
      await this.#file.close();
      const final = path.join(path.dirname(this.#name), `pack-${sum.toString('hex')}`);
      // git takes a pack for there as soon as its index is.
      await rename(this.#name, `${final}.pack`);
      await writeFile(`${final}.idx`, packIndex(this.#objects, sum), { flush: true });
    });
  }

  /** Gives up; whoever made the repository removes it. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }
}

/** Offsets from here on stand in a table of 8 bytes each. */
const largeOffset = 2 ** 31;

/** Bytes of a pack's index, version 2. The keys are the objects' names in latin1. */
export function packIndex(objects: ReadonlyMap<string, PackedObject>, packSum: Buffer): Buffer {
  const sorted = [...objects].sort(([one], [other]) => (one < other ? -1 : 1));
  const fanout = Buffer.alloc(256 * 4);
  const crcs = Buffer.alloc(sorted.length * 4);
  const offsets = Buffer.alloc(sorted.length * 4);
  const large: Buffer[] = [];
  for (const [index, [key, { crc, offset }]] of sorted.entries()) {
    fanout.writeUInt32BE(index + 1, key.charCodeAt(0) * 4);
    crcs.writeUInt32BE(crc >>> 0, index * 4);
    offsets.writeUInt32BE(offset < largeOffset ? offset : largeOffset + large.length, index * 4);
    if (offset >= largeOffset) {
      const wide = Buffer.alloc(8);
      wide.writeBigUInt64BE(BigInt(offset));
      large.push(wide);
    }
  }
  // A first byte that no object has counts as many as the one before it.
  for (let first = 1; first < 256; first++) {
    fanout.writeUInt32BE(Math.max(fanout.readUInt32BE(first * 4), fanout.readUInt32BE((first - 1) * 4)), first * 4);
  }
  const magic = Buffer.from('\xfftOc\0\0\0\x02', 'latin1');
  const ids = Buffer.from(sorted.map(([key]) => key).join(''), 'latin1');
  const body = Buffer.concat([magic, fanout, ids, crcs, offsets, ...large, packSum]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}
