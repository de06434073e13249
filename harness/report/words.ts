import type { Change, Outcome, Run, Shard, Sizes, Span, Subject } from '../model/index.ts';

/** How reports call an outcome. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  pass: 'pass',
  known: 'known',
  fail: 'FAIL',
  skip: 'skip',
  'not-covered': 'not covered',
  crash: 'CRASH',
  timeout: 'TIMEOUT',
  'not-run': 'not run',
};

/** A name as a part of one line, whatever it holds: consoles and CI logs act on line ends and control characters. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}

/** What a reader has to know of each sandbox; nothing of the strongest. */
const sandboxWords: Readonly<Record<NonNullable<Run['sandbox']>['builds'], string | undefined>> = {
  bubblewrap: undefined,
  landlock: 'sandboxed with landlock, which is weaker than bubblewrap',
  none: 'not sandboxed: the code of the patches ran on this machine without a sandbox',
};

/** What a reader has to know of how the kernels were built; undefined where the strongest sandbox was around each make. */
export function sandboxLine({ sandbox }: Run): string | undefined {
  const words = sandbox && sandboxWords[sandbox.builds];
  if (words === undefined) return undefined;
  return sandbox?.reason === undefined ? words : `${words}: ${oneLine(sandbox.reason)}`;
}

/** `3/10 (container-fork.patch)`, `the base` for point 0. */
export function pointWords(run: Run, point: number): string {
  if (point === 0) return 'the base';
  const patch = run.series.patches[point - 1];
  return `${point}/${run.series.patches.length}${patch ? ` (${oneLine(patch.name)})` : ''}`;
}

/** Ascending numbers, runs of them joined: `0, 3..5`. */
export function numberRanges(numbers: readonly number[]): string {
  const parts: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = parts.at(-1);
    if (last && number === last.to + 1) last.to = number;
    else parts.push({ from: number, to: number });
  }
  return parts.map(({ from, to }) => (from === to ? String(from) : `${from}..${to}`)).join(', ');
}

/** `point 3`, `points 3..5, 8` */
export function pointsWords(points: readonly number[]): string {
  return `${points.length === 1 ? 'point' : 'points'} ${numberRanges(points)}`;
}

function byWhich(run: Run, lastOther: number, point: number): string {
  if (lastOther === point - 1) return pointWords(run, point);
  return `one of ${lastOther + 1}..${point}/${run.series.patches.length}`;
}

/** `broken by 3/10 (a.patch), fixed by 5/10 (b.patch)` */
export function spanWords(run: Run, { from, goodBefore, to, fixedBy }: Span): string {
  const fixed = fixedBy === null ? '' : `, fixed by ${byWhich(run, to, fixedBy)}`;
  if (from === 0) return `fails at the base already${fixed}`;
  if (goodBefore !== null) return `broken by ${byWhich(run, goodBefore, from)}${fixed}`;
  const tried = (run.points[0] ?? 0) < from;
  const since = tried
    ? `fails since it came with ${pointWords(run, from)}`
    : `fails at ${pointWords(run, from)}, the first point of this run`;
  return `${since}${fixed}`;
}

/** `tasks: rmdir of a busy container`, or the stage where the subject is one. */
export function subjectWords({ stage, suite, name }: Omit<Subject, 'target'>): string {
  return suite === undefined ? stage : oneLine(`${suite}: ${name ?? ''}`);
}

export function plural(count: number, what: string, many = `${what}s`): string {
  return `${count} ${count === 1 ? what : many}`;
}

/** `+1,234` */
export function signed(bytes: number): string {
  return `${bytes > 0 ? '+' : ''}${bytes.toLocaleString('en-US')}`;
}

/** `text +1,234, bss -8`; `unchanged` when all are 0. */
export function sizeWords(size: Sizes): string {
  const parts = (['text', 'data', 'bss'] as const).filter((part) => size[part] !== 0);
  return parts.map((part) => `${part} ${signed(size[part])}`).join(', ') || 'unchanged';
}

export const changeWords: Readonly<Record<Change['kind'], string>> = {
  new: 'new failure',
  fixed: 'fixed',
  still: 'still failing',
  flaky: 'flaky',
  gone: 'no longer run',
};

/** The first of many, and how many more there are. */
export function firstOf(lines: readonly string[], most: number): string[] {
  // One line about one more line would say less in the same room.
  if (lines.length <= most + 1) return [...lines];
  return [...lines.slice(0, most), `and ${lines.length - most} more`];
}

/** `shard 1 of 3`, `shard x86_64:0..5`. */
export function shardWords(shard: Shard): string {
  return 'count' in shard
    ? `shard ${shard.index} of ${shard.count}`
    : `shard ${shard.target}:${shard.from}..${shard.to}`;
}
