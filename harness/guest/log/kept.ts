/** Bytes of log text that stay in memory; older lines go. */
const keptBytes = 4 * 1024 * 1024;
/** What a line costs besides its characters. */
const lineCost = 32;

/** The newest lines of a log. */
export interface KeptLines {
  /** Adds a line; the answer is its index in the whole log. */
  add(line: string): number;
  /** Those that are kept, in order. */
  lines(): readonly string[];
  /** Lines that are no longer kept. */
  dropped(): number;
}

export function createKeptLines(): KeptLines {
  let kept: string[] = [];
  let size = 0;
  let dropped = 0;
  return {
    add(line) {
      kept.push(line);
      size += line.length + lineCost;
      if (size > keptBytes) {
        let from = 0;
        while (size > keptBytes / 2) size -= (kept[from++]?.length ?? 0) + lineCost;
        kept = kept.slice(from);
        dropped += from;
      }
      return dropped + kept.length - 1;
    },
    lines: () => kept,
    dropped: () => dropped,
  };
}
