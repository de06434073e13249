/** Columns after which the line-mode console of s390 begins a new record in the middle of a line. */
const wrapColumns = 80;
/** A line without an end would otherwise take all memory; what goes beyond becomes a line of its own. Bytes. */
const longestLine = 16_384;
/** Bytes that are decoded at once. */
const blockBytes = 65_536;

export interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** What has come of a line that has no end yet; '' when there is none. */
  pending(): string;
  /** Takes what is pending for a whole line. */
  flush(): void;
}

/** Gets what a console says. */
export interface LineListener {
  line(line: string): void;
  /** Comes before the lines of a text, for questions that can be asked of many at once. */
  block(text: string): void;
}

/** Without carriage returns at its end and without NULs. Written out, since `\r+$` takes quadratic time. */
export function clean(record: string): string {
  let end = record.length;
  while (end > 0 && record.charCodeAt(end - 1) === 13) end -= 1;
  const text = end === record.length ? record : record.slice(0, end);
  return text.includes('\0') ? text.replaceAll('\0', '').replace(/\r{1,8}$/, '') : text;
}

/**
 * Cuts a console's bytes into lines, whatever the chunks they come in, in linear time and bounded memory.
 *
 * With `wraps`, records of exactly 80 columns are joined with the next one. That is exact: the console driver follows
 * a line that ends at column 80 by an empty record.
 */
export function createLineSplitter(wraps: boolean, listener: LineListener): LineSplitter {
  const record = Buffer.alloc(longestLine);
  let recordLength = 0;
  let joined = '';

  const takeRecord = (): string => {
    const text = clean(record.toString('utf8', 0, recordLength));
    recordLength = 0;
    return text;
  };
  const finish = (line: string): void => {
    joined = '';
    listener.block(line);
    listener.line(line);
  };
  const endRecord = (text: string): void => {
    joined += text;
    if (wraps && text.length === wrapColumns && joined.length < longestLine) return;
    finish(joined);
  };
  /** Adds bytes without a line end to the record, which is cut where it grows too long. */
  const add = (bytes: Buffer): void => {
    let from = 0;
    while (from < bytes.length) {
      const taken = bytes.copy(record, recordLength, from, from + longestLine - recordLength);
      recordLength += taken;
      from += taken;
      if (recordLength === longestLine) finish(joined + takeRecord());
    }
  };
  /** Many whole lines at once, the usual case: plain text, no line too long. */
  const takeBlock = (bytes: Buffer): void => {
    const text = bytes.toString('latin1');
    const { plain, ascii, longest } = look(bytes);
    if (wraps || !ascii || longest > longestLine) {
      takeSingly(bytes);
      return;
    }
    listener.block(text);
    let from = 0;
    // Counting in bytes is much faster than asking the text for each line end.
    for (let at = 0; at < bytes.length; at += 1) {
      if (bytes[at] !== 10) continue;
      const line = text.slice(from, at);
      listener.line(plain ? line : clean(line));
      from = at + 1;
    }
  };
  const takeSingly = (bytes: Buffer): void => {
    let from = 0;
    while (from < bytes.length) {
      const newline = bytes.indexOf(10, from);
      add(bytes.subarray(from, newline));
      endRecord(takeRecord());
      from = newline + 1;
    }
  };
  const take = (bytes: Buffer): void => {
    let from = 0;
    if (recordLength > 0) {
      const newline = bytes.indexOf(10);
      add(newline < 0 ? bytes : bytes.subarray(0, newline));
      if (newline < 0) return;
      endRecord(takeRecord());
      from = newline + 1;
    }
    const end = bytes.lastIndexOf(10) + 1;
    if (end > from) takeBlock(bytes.subarray(from, end));
    add(bytes.subarray(Math.max(from, end)));
  };

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let from = 0; from < bytes.length; from += blockBytes) take(bytes.subarray(from, from + blockBytes));
    },
    pending() {
      return joined + clean(record.toString('utf8', 0, recordLength));
    },
    flush() {
      if (recordLength === 0 && joined === '') return;
      finish(joined + takeRecord());
    },
  };
}

/** What a block holds: no carriage returns and NULs, nothing beyond ASCII; bytes of its longest line. */
function look(bytes: Buffer): { readonly plain: boolean; readonly ascii: boolean; readonly longest: number } {
  let special = 0;
  let seen = 0;
  let longest = 0;
  let from = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    seen |= byte;
    if (byte >= 32) continue;
    if (byte === 10) {
      if (at - from > longest) longest = at - from;
      from = at + 1;
    } else if (byte === 13 || byte === 0) special += 1;
  }
  return { plain: special === 0, ascii: seen < 128, longest };
}
