import type { HunkRange } from '../../model/index.ts';
import type { Bytes, Remark, TextLine } from '../text/types.ts';
import type { RawFile, RawHunk } from './raw.ts';

/** How a source says that its diff is to be taken. */
export interface Orientation {
  /** Leading parts of each path that are not the tree's; undefined where nobody says. */
  readonly strip?: number;
  /** The diff is to be taken back. */
  readonly reverse?: boolean;
}

export interface Oriented {
  readonly files: readonly RawFile[];
  readonly repairs: readonly Remark[];
  readonly notes: readonly Remark[];
  readonly problems: readonly Remark[];
}

/** Makes of any diff one whose paths begin with `a/` and `b/` and which goes forward. */
export function orientDiff(files: readonly RawFile[], { strip, reverse }: Orientation): Oriented {
  const repairs: Remark[] = [];
  const notes: Remark[] = [];
  const problems: Remark[] = [];
  const line = files[0]?.header[0]?.number ?? files[0]?.hunks[0]?.header.number ?? 1;
  const depth = strip ?? guessStrip(files);
  if (depth !== 1 && strip === undefined) repairs.push({ line, text: 'read with -p0: the paths have no prefix' });
  else if (depth !== 1) notes.push({ line, text: `read with -p${depth}, as the series file says` });
  if (reverse) notes.push({ line, text: 'taken back (-R), as the series file says: what it adds is removed' });
  const out = files.map((file) => {
    const named = depth === 1 ? file : stripFile(file, depth, problems);
    return reverse ? reverseFile(named, problems) : named;
  });
  return { files: out, repairs, notes, problems };
}

/** The same name on both sides can't have a prefix, for what would `diff` have compared? */
function guessStrip(files: readonly RawFile[]): number {
  let bare = 0;
  for (const { header } of files) {
    const git = header.find(({ text }) => text.startsWith('diff --git '))?.text.slice(11);
    const [old, next] = pairOf(header) ?? (git === undefined ? undefined : halves(git)) ?? [];
    if (old === undefined || next === undefined) continue;
    const same = old === next || old === `${next}.orig` || old === `${next}.old`;
    if (same) bare++;
    // With a file that is new or gone only git's own line shows both names.
    else if (![old, next].includes('/dev/null') || (git !== undefined && halves(git) === undefined)) return 1;
    else if (git !== undefined) bare++;
  }
  return bare > 0 ? 0 : 1;
}

function pairOf(header: readonly TextLine[]): readonly [string, string] | undefined {
  const name = (mark: string): string | undefined =>
    header
      .find(({ text }) => text.startsWith(mark) && text.length > 4)
      ?.text.slice(4)
      .split('\t')[0]
      ?.trim();
  const [old, next] = [name('--- '), name('+++ ')];
  return old === undefined || next === undefined ? undefined : [old, next];
}

/** `x/y x/y` in two, where both are the same. */
function halves(text: string): readonly [string, string] | undefined {
  const plain = text.trimEnd();
  const middle = (plain.length - 1) / 2;
  const [old, next] = [plain.slice(0, middle), plain.slice(middle + 1)];
  return plain[middle] === ' ' && old === next ? [old, next] : undefined;
}

function stripFile(file: RawFile, depth: number, problems: Remark[]): RawFile {
  const moved = (mark: string): string | undefined => {
    const found = file.header.find(({ text }) => text.startsWith(mark));
    return found === undefined ? undefined : cut(found.text.slice(mark.length), depth - 1);
  };
  const git = (text: string): readonly [string | undefined, string | undefined] => {
    const words = text.trimEnd().split(' ');
    const [old = '', next = ''] = halves(text) ?? (words.length === 2 ? words : []);
    return [cut(old, depth), cut(next, depth)];
  };
  const header = file.header.map((line): TextLine => {
    const { text, number } = line;
    const lost = (): TextLine => {
      problems.push({
        line: number,
        text: `"${text.trim()}" holds no path below its first ${depth} parts (-p${depth})`,
      });
      return line;
    };
    if (text.startsWith('diff --git ')) {
      const [old, next] = git(text.slice(11));
      const [from, to] = [
        moved('rename from ') ?? moved('copy from ') ?? old,
        moved('rename to ') ?? moved('copy to ') ?? next,
      ];
      return from === undefined || to === undefined ? lost() : { text: `diff --git a/${from} b/${to}`, number };
    }
    for (const mark of ['rename from ', 'rename to ', 'copy from ', 'copy to ']) {
      if (text.startsWith(mark)) return { text: `${mark}${cut(text.slice(mark.length), depth - 1) ?? ''}`, number };
    }
    const [, mark, name = '', stamp = ''] = /^(---|\+\+\+) ([^\t]+?)\s*(\t.*)?$/.exec(text) ?? [];
    if (mark === undefined || name === '/dev/null') return line;
    const path = cut(name, depth);
    return path === undefined ? lost() : { text: `${mark} ${mark === '---' ? 'a' : 'b'}/${path}${stamp}`, number };
  });
  return { ...file, header };
}

/** A path without its first parts; undefined where nothing would be left. */
function cut(path: string, depth: number): string | undefined {
  const parts = path.split('/');
  const rest = parts.slice(Math.max(0, depth)).join('/');
  return rest === '' ? undefined : rest;
}

const turned: readonly (readonly [RegExp, string])[] = [
  [/^new file mode /, 'deleted file mode '],
  [/^deleted file mode /, 'new file mode '],
  [/^old mode /, 'new mode '],
  [/^new mode /, 'old mode '],
  [/^(rename|copy) from /, '$1 to '],
  [/^(rename|copy) to /, '$1 from '],
  [/^index ([0-9a-f]+)\.\.([0-9a-f]+)/, 'index $2..$1'],
];

function reverseFile(file: RawFile, problems: Remark[]): RawFile {
  const binary = file.header.findIndex(({ text }) => text.startsWith('GIT binary patch'));
  const top = binary < 0 ? file.header : file.header.slice(0, binary);
  const header = sortPairs(
    top.map(({ text, number }) => {
      const pair = /^(---|\+\+\+) (.*)$/.exec(text);
      if (pair !== null) {
        const name = pair[1] === '---' ? (pair[2] ?? '').replace(/^a\//, 'b/') : (pair[2] ?? '').replace(/^b\//, 'a/');
        return { text: `${pair[1] === '---' ? '+++' : '---'} ${name}`, number };
      }
      const git = /^diff --git a\/(.+) b\/(.+)$/.exec(text);
      if (git !== null) return { text: `diff --git a/${git[2] ?? ''} b/${git[1] ?? ''}`, number };
      const rule = turned.find(([pattern]) => pattern.test(text));
      return rule === undefined ? { text, number } : { text: text.replace(rule[0], rule[1]), number };
    }),
  );
  const data = binary < 0 ? [] : reverseBinary(file.header.slice(binary), problems);
  return { header: [...header, ...data], hunks: file.hunks.map(reverseHunk) };
}

/** git wants the old name and mode in front of the new one. */
function sortPairs(lines: readonly TextLine[]): TextLine[] {
  const out = [...lines];
  for (const [first, second] of [
    ['+++ ', '--- '],
    ['new mode ', 'old mode '],
    ['rename to ', 'rename from '],
    ['copy to ', 'copy from '],
  ] as const) {
    const at = out.findIndex(({ text }) => text.startsWith(first));
    const [one, two] = [out[at], out[at + 1]];
    if (one !== undefined && two?.text.startsWith(second)) out.splice(at, 2, two, one);
  }
  return out;
}

/** A binary patch holds both ways, one after the other, each with an empty line at its end. */
function reverseBinary(lines: readonly TextLine[], problems: Remark[]): readonly TextLine[] {
  const starts = lines.flatMap(({ text }, at) => (/^(?:literal|delta) \d+/.test(text) ? [at] : []));
  const [forward, backward] = starts;
  if (forward === undefined || backward === undefined) {
    problems.push({
      line: lines[0]?.number ?? 1,
      text: 'the binary patch holds no way back, so it can not be taken back (-R)',
    });
    return lines;
  }
  return [...lines.slice(0, forward), ...lines.slice(backward), ...lines.slice(forward, backward)];
}

function reverseHunk(hunk: RawHunk): RawHunk {
  const { header, old, new: next, body, literal } = hunk;
  const tail = /^@@[^@]*@@(.*)$/.exec(header.text)?.[1] ?? '';
  return {
    header: { ...header, text: `@@ -${rangeText(next)} +${rangeText(old)} @@${tail}` },
    old: next,
    new: old,
    body: reverseBody(body),
    literal,
  };
}

function rangeText({ start, count }: HunkRange): Bytes {
  return count === 1 ? `${start}` : `${start},${count}`;
}

/** Within a change the removed lines come first, so both sorts are gathered until the next line of context. */
function reverseBody(body: readonly TextLine[]): TextLine[] {
  const out: TextLine[] = [];
  const removed: TextLine[] = [];
  const added: TextLine[] = [];
  let last = out;
  const flush = (): void => {
    out.push(...removed.splice(0), ...added.splice(0));
  };
  for (const { text, number } of body) {
    if (text.startsWith('\\')) {
      last.push({ text, number });
      continue;
    }
    if (text.startsWith('+')) (last = removed).push({ text: `-${text.slice(1)}`, number });
    else if (text.startsWith('-')) (last = added).push({ text: `+${text.slice(1)}`, number });
    else {
      flush();
      (last = out).push({ text, number });
    }
  }
  flush();
  return out;
}
