import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import { withHostErrors } from './files.ts';

/** Types of git objects as a pack numbers them. */
export const objectTypes = { tree: 2, blob: 3 } as const;
export type ObjectType = keyof typeof objectTypes;

const compress = promisify(deflate);

/** Objects that may wait for their compression at a time; each holds its content in memory. */
const queueLength = 64;

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

interface PackedObject {
  readonly id: Buffer;
  readonly offset: number;
  readonly crc: number;
}

/**
 * One new pack of a repository, written object by object.
 *
 * `git add` needs more than twice the processor time for a kernel: for each object that it puts into a pack it looks
 * through all that are in it already. The formats are those of gitformat-pack(5).
 */
export class PackWriter {
  readonly #file: FileHandle;
  readonly #name: string;
  readonly #known = new Set<string>();
  readonly #written: PackedObject[] = [];
  #queue: { id: Buffer; header: Buffer; data: Promise<Buffer> }[] = [];
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

  /** Adds an object, once, and resolves with its name. */
  async add(type: ObjectType, content: Buffer): Promise<Buffer> {
    const id = objectId(type, content);
    const key = id.toString('latin1');
    if (this.#known.has(key)) return id;
    this.#known.add(key);
    this.#queue.push({ id, header: entryHeader(type, content.length), data: compress(content, { level: 1 }) });
    // The other half goes on being compressed, on all processors, while the first half is written.
    if (this.#queue.length >= queueLength) await this.#write(queueLength / 2);
    return id;
  }

  async #write(count: number): Promise<void> {
    const batch = this.#queue.slice(0, count);
    this.#queue = this.#queue.slice(count);
    const pieces: Buffer[] = [];
    for (const { id, header, data: pending } of batch) {
      const data = await pending;
      this.#written.push({ id, offset: this.#offset, crc: crc32(data, crc32(header)) });
      this.#offset += header.length + data.length;
      pieces.push(header, data);
    }
    await withHostErrors(`write ${this.#name}`, () => this.#file.appendFile(Buffer.concat(pieces)));
  }

  /** Ends the pack, makes it durable, and lets git see it. */
  async finish(): Promise<void> {
    await this.#write(this.#queue.length);
    const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
    header.writeUInt32BE(this.#written.length, 8);
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
      await writeFile(`${final}.idx`, packIndex(this.#written, sum), { flush: true });
    });
  }

  /** Gives up; whoever made the repository removes it. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#queue.map(({ data }) => data));
    await this.#file.close().catch(() => undefined);
  }
}

/** Offsets from here on stand in a table of 8 bytes each. */
const largeOffset = 2 ** 31;

/** Bytes of a pack's index, version 2. */
export function packIndex(objects: readonly PackedObject[], packSum: Buffer): Buffer {
  const sorted = [...objects].sort((one, other) => Buffer.compare(one.id, other.id));
  const fanout = Buffer.alloc(256 * 4);
  const crcs = Buffer.alloc(sorted.length * 4);
  const offsets = Buffer.alloc(sorted.length * 4);
  const large: Buffer[] = [];
  for (const [index, { id, crc, offset }] of sorted.entries()) {
    fanout.writeUInt32BE(index + 1, id.readUInt8(0) * 4);
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
  const ids = sorted.map(({ id }) => id);
  const body = Buffer.concat([magic, fanout, ...ids, crcs, offsets, ...large, packSum]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}
