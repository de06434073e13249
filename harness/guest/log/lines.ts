/** Columns after which the line-mode console of s390 begins a new record in the middle of a line. */
const wrapColumns = 80;
/** A line without an end would otherwise take all memory; what goes beyond becomes a line of its own. */
const longestLine = 16_384;

export interface LineSplitter {
  push(chunk: Uint8Array): void;
  /** What has come of a line that has no end yet; '' when there is none. */
  pending(): string;
  /** Takes what is pending for a whole line. */
  flush(): void;
}

/**
 * Cuts a console's bytes into lines, whatever the chunks they come in.
 *
 * With `wraps`, records of exactly 80 columns are joined with the next one. That is exact: the console driver follows
 * a line that ends at column 80 by an empty record.
 */
export function createLineSplitter(wraps: boolean, onLine: (line: string) => void): LineSplitter {
  let record: Buffer[] = [];
  let recordLength = 0;
  let joined = '';

  const takeRecord = (): string => {
    const text = Buffer.concat(record, recordLength).toString('utf8');
    record = [];
    recordLength = 0;
    return text.replace(/\r+$/, '').replaceAll('\0', '');
  };
  const finish = (line: string): void => {
    joined = '';
    onLine(line);
  };
  const endRecord = (): void => {
    const text = takeRecord();
    joined += text;
    if (wraps && text.length === wrapColumns && joined.length < longestLine) return;
    finish(joined);
  };

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let from = 0;
      while (from < bytes.length) {
        const newline = bytes.indexOf(10, from);
        const limit = Math.min(newline < 0 ? bytes.length : newline, from + longestLine - recordLength);
        if (limit > from) {
          // A copy: the caller may use its buffer again.
          record.push(Buffer.from(bytes.subarray(from, limit)));
          recordLength += limit - from;
        }
        from = limit;
        if (limit === newline) {
          endRecord();
          from += 1;
        } else if (recordLength >= longestLine) {
          finish(joined + takeRecord());
        }
      }
    },
    pending() {
      return joined + Buffer.concat(record, recordLength).toString('utf8').replace(/\r+$/, '');
    },
    flush() {
      if (recordLength === 0 && joined === '') return;
      finish(joined + takeRecord());
    },
  };
}
