import { clean } from './lines.ts';

/** Bytes of log text that stay in memory; older lines go. */
const keptBytes = 4 * 1024 * 1024;
/** What a line costs besides its characters. */
const lineCost = 32;

/** The newest lines of a log. */
export interface KeptLines {
  /** Adds a line; the answer is its index in the whole log. */
  add(line: string): number;
  /** Adds whole lines as the log has them, each with its end. They are cut only when somebody wants to see them. */
  addBlock(bytes: Uint8Array, lines: number): void;
  /** Those that are kept, from an index of the whole log on, in order. */
  from(index: number): readonly string[];
  /** Lines so far: the index of the next one. */
  count(): number;
}

interface Chunk {
  /** Index of its first line. */
  readonly first: number;
  count: number;
  size: number;
  /** Bytes that nobody has cut yet. */
  block: Buffer | undefined;
  readonly lines: string[];
}

/** Lines that are added one by one go into chunks of so many. */
const chunkLines = 1024;

/** Bytes of a block that is worth to be kept as one: many small ones take more memory than their lines. */
const smallestBlock = 8192;

/** The lines of a block, the last of which has its end as well. */
function linesOf(block: Buffer): readonly string[] {
  return block
    .toString('utf8', 0, block.length - 1)
    .split('\n')
    .map(clean);
}

function cut(chunk: Chunk): readonly string[] {
  if (chunk.block) {
    for (const line of linesOf(chunk.block)) chunk.lines.push(line);
    chunk.block = undefined;
  }
  return chunk.lines;
}

export function createKeptLines(): KeptLines {
  const chunks: Chunk[] = [];
  let count = 0;
  let size = 0;

  const grow = (chunk: Chunk, lines: number, bytes: number): void => {
    chunk.count += lines;
    chunk.size += bytes + lines * lineCost;
    size += bytes + lines * lineCost;
    count += lines;
    while (size > keptBytes && chunks.length > 1) size -= chunks.shift()?.size ?? 0;
  };
  const next = (block?: Buffer): Chunk => {
    const chunk = { first: count, count: 0, size: 0, block, lines: [] };
    chunks.push(chunk);
    return chunk;
  };

  const add = (line: string): number => {
    const last = chunks.at(-1);
    const chunk = last && last.block === undefined && last.count < chunkLines ? last : next();
    chunk.lines.push(line);
    grow(chunk, 1, line.length);
    return count - 1;
  };

  return {
    add,
    addBlock(bytes, lines) {
      if (bytes.length >= smallestBlock) grow(next(Buffer.from(bytes)), lines, bytes.length);
      else for (const line of linesOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))) add(line);
    },
    from(index) {
      const begin = chunks.findLastIndex((chunk) => chunk.first <= index);
      const wanted = chunks.slice(Math.max(0, begin));
      const [first, ...rest] = wanted.map(cut);
      if (!first || !wanted[0]) return [];
      return first.slice(Math.max(0, index - wanted[0].first)).concat(...rest);
    },
    count: () => count,
  };
}
