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
  /** Comes before the lines of a text, for questions that can be asked of many at once. */
  block(text: string): void;
  /** What has to be looked for: lines without may come as bytes. Undefined where each line has to come. */
  wanted(): Wanted | undefined;
  /** Such lines, each with its end. */
  plain(bytes: Uint8Array, lines: number): void;
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
  const single = (line: string): void => {
    listener.block(line);
    finish(line);
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
      if (recordLength === longestLine) single(joined + takeRecord());
    }
  };
  /** Many whole lines at once. */
  const takeBlock = (bytes: Buffer): void => {
    const column = wraps ? wrapColumns : -1;
    let cut: Cutter | undefined;
    let from = 0;
    while (from < bytes.length) {
      const wanted = joined === '' ? listener.wanted() : undefined;
      if (wanted !== undefined) {
        const { end, lines } = passOver(bytes, from, column, wanted);
        // Whatever is too long for a line is cut elsewhere.
        if (lines > 0 && end - from < longestLine) listener.plain(bytes.subarray(from, end), lines);
        else if (lines > 0) takePlain(bytes.subarray(from, end), lines);
        from = end;
        if (from === bytes.length) return;
      }
      if (!cut) {
        cut = cutterOf(bytes);
        listener.block(bytes.toString('latin1', from));
      }
      const newline = bytes.indexOf(10, from);
      if (newline - from > longestLine) takeSingly(bytes.subarray(from, newline + 1));
      else endRecord(cut(from, newline));
      from = newline + 1;
    }
  };
  /** Plain lines of which one may be too long. */
  const takePlain = (bytes: Buffer, lines: number): void => {
    if (bytes.length / lines <= longestLine / 2 && !hasLongLine(bytes)) listener.plain(bytes, lines);
    else takeSingly(bytes);
  };
  const takeSingly = (bytes: Buffer): void => {
    listener.block(bytes.toString('latin1'));
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
      const text = takeRecord();
      listener.block(joined + text);
      endRecord(text);
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
      single(joined + takeRecord());
    },
  };
}

/** Cuts a line out of bytes. */
type Cutter = (from: number, to: number) => string;

/** One way for all lines of some bytes: a text of one byte a character is cut without copies. */
function cutterOf(bytes: Buffer): Cutter {
  if (!isAscii(bytes)) return (from, to) => clean(bytes.toString('utf8', from, to));
  const text = bytes.toString('latin1');
  return text.includes('\0') || text.includes('\r')
    ? (from, to) => clean(text.slice(from, to))
    : (from, to) => text.slice(from, to);
}

function hasLongLine(bytes: Buffer): boolean {
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    if (newline - from > longestLine) return true;
    from = newline + 1;
  }
  return false;
}
