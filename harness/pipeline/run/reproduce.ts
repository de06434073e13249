import type { CaseResult, StageName } from '../../model/index.ts';

/** The parts of a command line that decide what a cell is. */
export interface Invocation {
  readonly series: string;
  readonly tree: string;
  /** `--tree NAME=SOURCE` as it was given. */
  readonly override?: string;
  readonly configuration?: string;
  /** `--toolchain NAME` as it was given. */
  readonly toolchain?: string;
  /** `--cpus N` as it was given. */
  readonly cpus?: number;
  /** `--without-fix NAME`. */
  readonly withoutFix?: string;
  /** `--fuzz N` as it was given. */
  readonly fuzz?: number;
  /** `--trust` was given. */
  readonly trust?: true;
  /** `--project FILE` as it was given. */
  readonly project?: string;
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
  const words = ['quiltboot', 'run', invocation.series, '--tree', invocation.override ?? invocation.tree];
  words.push('--target', target, '--points', points);
  if (invocation.configuration !== undefined) words.push('--config', invocation.configuration);
  if (invocation.toolchain !== undefined) words.push('--toolchain', invocation.toolchain);
  if (invocation.cpus !== undefined) words.push('--cpus', String(invocation.cpus));
  if (invocation.withoutFix !== undefined) words.push('--without-fix', invocation.withoutFix);
  if (invocation.fuzz !== undefined) words.push('--fuzz', String(invocation.fuzz));
  if (invocation.trust) words.push('--trust');
  if (invocation.project !== undefined) words.push('--project', invocation.project);
  if (failedCase?.suite !== undefined) words.push('--suite', failedCase.suite);
  if (failedCase) words.push('--case', failedCase.name);
  words.push('--fresh');
  return words.map(quote).join(' ');
}
