import path from 'node:path';
import { type CaseResult, type StageName, suiteKind } from '../../model/index.ts';
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

/** For what a build shows: the command that ends with it, and what it has no options for. A boot after it may show something else. */
const build = { command: 'build', without: new Set(['--shuffle', '--leaks']) };
const whole = { command: 'run', without: new Set<string>() };

/** The command that repeats one cell, or one case of it; `suites` are words for `--suite`. */
export function reproduceCommand(
  invocation: Invocation,
  point: number,
  target: string,
  stage: StageName,
  failedCase?: Pick<CaseResult, 'name'> & { readonly suites: readonly string[] },
): string {
  // New warnings show only against the point before, so that one has to be built as well, and may fail too.
  const withBefore = stage === 'build' && point > 0;
  const points = withBefore ? `${point - 1}..${point}` : String(point);
  const { '--tree': tree, ...options } = invocation.options;
  const { command, without } = stage === 'build' ? build : whole;
  const words = ['quiltboot', command, invocation.series, ...(tree === undefined ? [] : ['--tree', tree])];
  words.push(
    '--target',
    target,
    '--points',
    points,
    ...Object.entries(options).flatMap(([name, value]) =>
      without.has(name) ? [] : value === '' ? [name] : [name, value],
    ),
  );
  for (const suite of failedCase?.suites ?? []) words.push('--suite', suite);
  if (failedCase) words.push('--case', failedCase.name);
  if (withBefore) words.push('--keep-going');
  words.push('--fresh');
  return commandLine(words);
}
