import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { defined, type Project } from '../model/index.ts';
import {
  type Choice,
  checkInputs,
  type Invocation,
  loadProject,
  lockRecipe,
  type Selection,
  select,
} from '../pipeline/index.ts';
import { targets } from '../targets/index.ts';
import type { Io } from './io.ts';
import { list, positive } from './parsers.ts';
import type { GlobalOptions } from './session.ts';

/**
 * One way to choose among the things of a project: a row of {@link selectionOptions}. Every command that works on a
 * series takes all of them.
 */
interface SelectionOption<K extends keyof Choice> {
  /** As commander reads it: `--toolchain <name>`. */
  readonly flags: string;
  readonly help: string;
  /** The part of a {@link Choice} that it decides. */
  readonly key: K;
  /** From the text of the command line; the text itself when absent. */
  readonly parse?: (text: string, before: Choice[K]) => Choice[K];
  /**
   * What to repeat in the command that reproduces a failure; undefined for nothing. Without it: the value as it was
   * given. Empty for an option that takes no value.
   */
  readonly toWord?: (value: Choice[K], selection: Selection) => string | undefined;
}

const row = <K extends keyof Choice>(option: SelectionOption<K>): SelectionOption<K> => option;

/** By the names that commander gives to the options. */
export const selectionOptions = {
  tree: row({
    flags: '--tree <name>',
    help: 'tree of the project file; NAME=git:PATH#REF, NAME=dir:PATH or NAME=tar:PATH takes it from elsewhere',
    key: 'tree',
    // The project's default may be another one day.
    toWord: (value, { recipe }) => (value?.includes('=') ? value : recipe.name),
  }),
  target: row({
    flags: '--target <names>',
    help: `targets, with commas, or all: ${targets.map(({ name }) => name).join(', ')}`,
    key: 'targets',
    parse: list,
    // Each failure has its own.
    toWord: () => undefined,
  }),
  config: row({
    flags: '--config <name>',
    help: 'a named configuration of the project file, for instance debug',
    key: 'configuration',
    toWord: (_, { configuration }) => configuration,
  }),
  toolchain: row({
    flags: '--toolchain <name>',
    help: 'build with this toolchain of the project file instead of the tree’s own',
    key: 'toolchain',
  }),
  cpus: row({
    flags: '--cpus <n>',
    help: 'processors of each guest (default: the project file’s)',
    key: 'cpus',
    parse: positive,
  }),
  withoutFix: row({
    flags: '--without-fix <name>',
    help: 'build a declared variant without a fix, to demonstrate the bug',
    key: 'withoutFix',
  }),
  fuzz: row({
    flags: '--fuzz <n>',
    help:
      'accept up to N (0-2) mismatched context lines when applying patches; each such hunk is reported (default: the ' +
      'tree’s "fuzz", else 0)',
    key: 'fuzz',
    parse: (text) => {
      if (!/^[012]$/.test(text)) throw new InvalidArgumentError('expected 0, 1 or 2 lines.');
      return Number(text);
    },
  }),
  trust: row({
    flags: '--trust',
    help:
      'trust all code that runs during builds, the tree’s included: where the machine has no sandbox, build without ' +
      'one; every report says so',
    key: 'trust',
    toWord: (value) => (value ? '' : undefined),
  }),
  distrust: row({
    flags: '--distrust',
    help: 'trust nothing, whatever the project file says: for CI, where the patches may change that file',
    key: 'distrust',
    toWord: (value) => (value ? '' : undefined),
  }),
} as const;

type Table = typeof selectionOptions;
type Name = keyof Table;

/** What commander makes of the options. */
export type SelectionOptions = { readonly [N in Name]?: NonNullable<Choice[Table[N]['key']]> };

const rows = Object.entries(selectionOptions) as unknown as readonly (readonly [Name, SelectionOption<keyof Choice>])[];

function optionOf(name: Name): Option {
  const { flags, help, parse } = selectionOptions[name] as SelectionOption<keyof Choice>;
  const option = new Option(flags, help);
  return parse === undefined ? option : option.argParser(parse);
}

/** One of the options alone, for a command that works on no series. */
export const treeOption = (): Option => optionOf('tree');
export const targetOption = (): Option => optionOf('target');

/** Adds the series, and every way to choose what it is run on. */
export function withSelection(
  command: Command,
  series = 'series of the project file, or "none" (default: the project’s)',
  ordinarily?: string,
): Command {
  command.addArgument(new Argument('[series]', series).default(ordinarily));
  for (const [name] of rows) command.addOption(optionOf(name));
  return command;
}

function choiceOf(series: string | undefined, options: SelectionOptions): Choice {
  const chosen = rows.flatMap(([name, { key }]) => (options[name] === undefined ? [] : [[key, options[name]]]));
  return { ...defined({ series }), ...(Object.fromEntries(chosen) as Choice) };
}

/** Reads the project and looks up what the options name. */
export async function chooseFrom(
  io: Io,
  global: GlobalOptions,
  series: string | undefined,
  options: SelectionOptions,
): Promise<{ readonly project: Project; readonly selection: Selection }> {
  const project = await loadProject(io.cwd, global.project);
  const selection = select(project, choiceOf(series, options), io.cwd);
  await checkInputs(selection);
  if (!global.locked) return { project, selection };
  return { project, selection: { ...selection, recipe: await lockRecipe(project, selection.recipe) } };
}

/** The words that say what was selected, for the commands that repeat a failure. */
export function invocationOf(
  io: Pick<Io, 'cwd'>,
  selection: Selection,
  options: SelectionOptions,
  global: GlobalOptions,
): Invocation {
  const words = rows.flatMap(([name, { flags, toWord }]) => {
    const value = options[name];
    const word = toWord ? toWord(value, selection) : value?.toString();
    return word === undefined ? [] : [[flags.replace(/ .*/, ''), word]];
  });
  return {
    series: selection.spec.name,
    directory: io.cwd,
    options: {
      ...(Object.fromEntries(words) as Record<string, string>),
      ...defined({ '--project': global.project, '--locked': global.locked ? '' : undefined }),
    },
  };
}
