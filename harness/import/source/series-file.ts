/** A line of a quilt `series` file with what it says of its patch. */
export interface SeriesLine {
  /** Path of the patch relative to the queue's directory. */
  readonly name: string;
  /** Line in the file, from 1. */
  readonly line: number;
  /** How many leading parts of a path are not the tree's (`-pN`); undefined where nothing is said, which is one. */
  readonly strip?: number;
  /** `-R`: the patch is taken back. */
  readonly reverse: boolean;
  /** Options that have another meaning, or none. */
  readonly unknown: readonly string[];
}

/** Reads a quilt `series` file: a patch and its options on each line, `#` begins a comment. */
export function readSeriesFile(text: string): SeriesLine[] {
  return text.split('\n').flatMap((raw, index): SeriesLine[] => {
    const [name = '', ...words] = raw
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (name === '') return [];
    return [{ name, line: index + 1, ...readOptions(words) }];
  });
}

function readOptions(words: readonly string[]): Omit<SeriesLine, 'name' | 'line'> {
  let strip: number | undefined;
  let reverse = false;
  const unknown: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    // `-p 0` and `--strip=0` are quilt's and patch's other spellings; `-p ab` is quilt's word for one part.
    const value = /^(?:-p|--strip=)(.+)$/.exec(word)?.[1] ?? (/^(?:-p|--strip)$/.test(word) ? words[++at] : undefined);
    if (value !== undefined && /^(?:\d+|ab)$/.test(value)) strip = value === 'ab' ? 1 : Number(value);
    else if (/^(?:-R|--reverse)$/.test(word)) reverse = true;
    else unknown.push(value === undefined ? word : `-p${value}`);
  }
  return { reverse, unknown, ...(strip === undefined ? {} : { strip }) };
}
