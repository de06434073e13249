import { clean } from './lines.ts';

/** Bytes of log text that stay in memory; older lines go. */
const keptBytes = 4 * 1024 * 1024;
/** What a line costs besides its characters. */
const lineCost = 32;

/** The newest lines of a log. */
export interface KeptLines {
  /** Adds a line; the answer is its index in the whole log. */
  add(line: string): number;
  /**
   * Adds whole lines as the log has them, from one place of some bytes to another, each with its end. They are copied only
   * by `settle`, and cut only when somebody wants to see them. The answer is the index of the first.
   */
  addBytes(bytes: Buffer, from: number, to: number, lines: number): number;
  /** The bytes that were added may change from here on. */
  settle(): void;
  /** Those that are kept, from an index of the whole log on, in order. */
  from(index: number): readonly string[];
  /** One line; undefined where it is not kept, or has not come. */
  at(index: number): string | undefined;
  /** Lines so far: the index of the next one. */
  count(): number;
}

interface Chunk {
  /** Index of its first line. */
  readonly first: number;
  count: number;
  size: number;
  /** Bytes that nobody has cut yet, at the beginning of what was taken for them. */
  block: Buffer | undefined;
  store: Buffer | undefined;
  readonly lines: string[];
}

/** Lines that are added one by one go into chunks of so many. */
const chunkLines = 1024;

/** Bytes that have been added, but are not copied yet. */
interface Pending {
  readonly bytes: Buffer;
  readonly from: number;
  to: number;
  readonly first: number;
  lines: number;
}

/** Bytes of a block that is worth to be kept as one: many small ones take more memory than their lines. */
const smallestBlock = 8192;

/** The lines of a block, the last of which has its end as well. */
function linesOf(block: Buffer): readonly string[] {
  return block
    .toString('utf8', 0, block.length - 1)
    .split('\n')
    .map(clean);
}

/** The line of pending bytes after which so many come. */
function lineBefore({ bytes, from, to }: Pending, after: number): string {
  let end = to - 1;
  for (let left = after; left > 0; left -= 1) end = bytes.lastIndexOf(10, end - 1);
  // A negative place would be counted from the end.
  const begin = end > from ? bytes.lastIndexOf(10, end - 1) + 1 : from;
  return clean(bytes.toString('utf8', Math.max(from, begin), end));
}

function cut(chunk: Chunk): readonly string[] {
  if (chunk.block) {
    for (const line of linesOf(chunk.block)) chunk.lines.push(line);
    chunk.block = undefined;
    chunk.store = undefined;
  }
  return chunk.lines;
}

export function createKeptLines(): KeptLines {
  const chunks: Chunk[] = [];
  let pending: Pending | undefined;
  /** Of a chunk that went, for the next one: in a flood one goes for each that comes. */
  let spare: Buffer | undefined;
  let count = 0;
  let size = 0;

  const drop = (): void => {
    const gone = chunks.shift();
    size -= gone?.size ?? 0;
    spare = gone?.store ?? spare;
  };
  const grow = (chunk: Chunk, lines: number, bytes: number): void => {
    chunk.count += lines;
    chunk.size += bytes + lines * lineCost;
    size += bytes + lines * lineCost;
    while (size > keptBytes && chunks.length > 1) drop();
  };
  /** Memory of at least so many bytes, and not of many more. */
  const storeFor = (length: number): Buffer => {
    const found =
      spare && spare.length >= length && spare.length <= 2 * length ? spare : Buffer.allocUnsafeSlow(length);
    if (found === spare) spare = undefined;
    return found;
  };
  const next = (first: number, block?: Buffer): Chunk => {
    const store = block && storeFor(block.length);
    if (block) store?.set(block);
    const chunk = { first, count: 0, size: 0, block: store?.subarray(0, block?.length), store, lines: [] };
    chunks.push(chunk);
    return chunk;
  };
  const addText = (line: string, index: number): void => {
    const last = chunks.at(-1);
    const chunk = last && last.block === undefined && last.count < chunkLines ? last : next(index);
    chunk.lines.push(line);
    grow(chunk, 1, line.length);
  };
  const settle = (): void => {
    if (!pending) return;
    const { bytes, from, to, first, lines } = pending;
    pending = undefined;
    const block = bytes.subarray(from, to);
    if (block.length >= smallestBlock) grow(next(first, block), lines, block.length);
    else for (const [index, line] of linesOf(block).entries()) addText(line, first + index);
  };

  return {
    add(line) {
      settle();
      addText(line, count);
      count += 1;
      return count - 1;
    },
    addBytes(bytes, from, to, lines) {
      const first = count;
      count += lines;
      if (pending?.bytes === bytes && pending.to === from) {
        pending.to = to;
        pending.lines += lines;
      } else {
        settle();
        pending = { bytes, from, to, first, lines };
      }
      return first;
    },
    settle,
    from(index) {
      settle();
      const begin = chunks.findLastIndex((chunk) => chunk.first <= index);
      const wanted = chunks.slice(Math.max(0, begin));
      const [first, ...rest] = wanted.map(cut);
      if (!first || !wanted[0]) return [];
      return first.slice(Math.max(0, index - wanted[0].first)).concat(...rest);
    },
    at(index) {
      if (index < 0 || index >= count) return undefined;
      if (pending && index >= pending.first) return lineBefore(pending, count - 1 - index);
      const chunk = chunks.findLast(({ first }) => first <= index);
      return chunk && cut(chunk)[index - chunk.first];
    },
    count: () => count,
  };
}
