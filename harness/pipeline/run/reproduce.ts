import path from 'node:path';
import { type CaseResult, columnParts, type StageName, suiteKind } from '../../model/index.ts';
import { suiteNames } from '../suite/names.ts';

/** The parts of a command line that decide what a cell is. */
export interface Invocation {
  readonly series: string;
  /** Each option that decides it, in order, with its value (`--config` → `debug`); empty for one that takes none. */
  readonly options: Readonly<Record<string, string>>;
  /** Absolute path of the directory that the command is given in: files are named from there. */
  readonly directory: string;
}

function quote(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a command has to stay on its line
  if (/[\u0000-\u001f\u007f]/.test(word))
    return `$'${JSON.stringify(word).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Words as a shell reads them. */
export function commandLine(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

export interface SuiteChoice {
  /** Absolute paths of the suites' files. */
  readonly suites: readonly string[];
  /** They are not those that the series has by itself. */
  readonly chosen: boolean;
}

/**
 * The word with which `--suite` finds the suite of a result again: its name where the series has it, else its file, which may
 * have the name of another one.
 */
export function suiteWord(name: string, { suites, chosen }: SuiteChoice, directory: string): string {
  const file = suites[suiteNames(suites).indexOf(name)];
  const isPlain = (!chosen && !name.includes('/')) || suiteKind(name) !== undefined;
  return file === undefined || isPlain ? name : path.relative(directory, file);
}

/**
 * What repeats a stage: the command, the options that it does not have, and the points before that it takes. What a build
 * shows is repeated by one alone, for a boot after it may show something else; new warnings show only against the point
 * before, so that one is built as well.
 */
const ofBuild = {
  command: 'build',
  without: new Set(['--shuffle', '--leaks', '--fail-under', '--reruns', '--flaky']),
  before: 1,
};
const ofOthers = { command: 'run', without: new Set<string>(), before: 0 };

/** The command that repeats one cell, or one case of it; `suites` are words for `--suite`. */
export function reproduceCommand(
  invocation: Invocation,
  point: number,
  column: string,
  stage: StageName,
  failedCase?: Pick<CaseResult, 'name'> & { readonly suites: readonly string[] },
): string {
  const { target, toolchain } = columnParts(column);
  const { '--tree': tree, ...chosen } = invocation.options;
  const options = toolchain === undefined ? chosen : { ...chosen, '--toolchain': toolchain };
  const { command, without, before } = stage === 'build' ? ofBuild : ofOthers;
  const from = Math.max(0, point - before);
  const words = ['quiltboot', command, invocation.series, ...(tree === undefined ? [] : ['--tree', tree])];
  words.push(
    '--target',
    target,
    '--points',
    from < point ? `${from}..${point}` : String(point),
    ...Object.entries(options).flatMap(([name, value]) =>
      without.has(name) ? [] : value === '' ? [name] : [name, value],
    ),
  );
  for (const suite of failedCase?.suites ?? []) words.push('--suite', suite);
  if (failedCase) words.push('--case', failedCase.name);
  // A point before it may fail too.
  if (from < point) words.push('--keep-going');
  words.push('--fresh');
  return commandLine(words);
}
