import type { CaseResult, StageName } from '../../model/index.ts';

/** The parts of a command line that decide what a cell is. */
export interface Invocation {
  readonly series: string;
  /** Each option that decides it, in order, with its value (`--config` → `debug`); empty for one that takes none. */
  readonly options: Readonly<Record<string, string>>;
}

function quote(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a command has to stay on its line
  if (/[\u0000-\u001f\u007f]/.test(word))
    return `$'${JSON.stringify(word).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The command that repeats one cell, or one case of it. */
export function reproduceCommand(
  invocation: Invocation,
  point: number,
  target: string,
  stage: StageName,
  failedCase?: Pick<CaseResult, 'name'> & { readonly suite?: string },
): string {
  // New warnings show only against the point before, so that one has to be built as well.
  const points = stage === 'build' && point > 0 ? `${point - 1}..${point}` : String(point);
  const { '--tree': tree, ...options } = invocation.options;
  const words = ['quiltboot', 'run', invocation.series, ...(tree === undefined ? [] : ['--tree', tree])];
  words.push(
    '--target',
    target,
    '--points',
    points,
    ...Object.entries(options).flatMap(([name, value]) => (value === '' ? [name] : [name, value])),
  );
  if (failedCase?.suite !== undefined) words.push('--suite', failedCase.suite);
  if (failedCase) words.push('--case', failedCase.name);
  words.push('--fresh');
  return words.map(quote).join(' ');
}
