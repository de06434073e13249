import { isAscii } from 'node:buffer';
import { passOver, type Wanted } from './scan.ts';

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
  /** A line that is in the bytes as it is, from one place to another, its end included. */
  lineOf(line: string, bytes: Buffer, from: number, to: number): void;
  /** What has to be looked for: lines without may come as bytes. Undefined where each line has to come. */
  wanted(): Wanted | undefined;
  /** Such lines, from one place of the bytes to another, each with its end. */
  plain(bytes: Buffer, from: number, to: number, lines: number): void;
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
    listener.line(line);
  };
  const endRecord = (text: string): void => {
    joined += text;
    if (wraps && text.length === wrapColumns && joined.length < longestLine) return;
    finish(joined);
  };
  const takeLine = (text: string, bytes: Buffer, from: number, to: number): void => {
    if (joined !== '' || (wraps && text.length === wrapColumns)) endRecord(text);
    else listener.lineOf(text, bytes, from, to);
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
  /** Many whole lines at once. */
  const takeBlock = (bytes: Buffer): void => {
    const column = wraps ? wrapColumns : -1;
    let cutter: Cutter | undefined;
    let from = 0;
    while (from < bytes.length) {
      const wanted = joined === '' ? listener.wanted() : undefined;
      if (wanted !== undefined) {
        const { end, lines, longest } = passOver(bytes, from, column, wanted);
        // Whatever is too long for a line is cut elsewhere.
        if (longest > longestLine) takeSingly(bytes.subarray(from, end));
        else if (lines > 0) listener.plain(bytes, from, end, lines);
        from = end;
        if (from === bytes.length) return;
      }
      cutter ??= cutterOf(bytes);
      const newline = cutter.lineEnd(from);
      if (newline - from > longestLine) takeSingly(bytes.subarray(from, newline + 1));
      else takeLine(cutter.cut(from, newline), bytes, from, newline + 1);
      from = newline + 1;
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

/** Cuts lines out of bytes. */
interface Cutter {
  /** Where the line ends that begins somewhere. */
  lineEnd(from: number): number;
  cut(from: number, to: number): string;
}

/** One way for all lines of some bytes: a text of one byte a character is searched and cut without copies. */
function cutterOf(bytes: Buffer): Cutter {
  if (!isAscii(bytes))
    return { lineEnd: (from) => bytes.indexOf(10, from), cut: (from, to) => clean(bytes.toString('utf8', from, to)) };
  const text = bytes.toString('latin1');
  const unclean = text.includes('\0') || text.includes('\r');
  return {
    lineEnd: (from) => text.indexOf('\n', from),
    cut: unclean ? (from, to) => clean(text.slice(from, to)) : (from, to) => text.slice(from, to),
  };
}
