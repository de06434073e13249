/** A line that a diff adds, with its place in the file afterwards. */
export interface AddedLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** Its number in the text of the diff, from 1. */
  readonly at: number;
}

/** Every line that a diff in git's form adds, in its order; whatever stands in front of the diff is passed over. */
export function linesAdded(diff: string): AddedLine[] {
  const added: AddedLine[] = [];
  let file = '';
  let line = 0;
  let left = 0;
  diff.split('\n').forEach((text, index) => {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (hunk) {
      line = Number(hunk[1]);
      left = Number(hunk[2] ?? 1);
    } else if (left <= 0) {
      const name = /^\+\+\+ (?:b\/)?([^\t]+)/.exec(text)?.[1];
      if (name !== undefined) file = name;
    } else if (text.startsWith('+')) {
      added.push({ file, line, text: text.slice(1), at: index + 1 });
      line += 1;
      left -= 1;
    } else if (text.startsWith(' ') || text === '') {
      line += 1;
      left -= 1;
    }
  });
  return added;
}
