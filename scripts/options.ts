import { argv } from 'zx';
import { UserError } from '../harness/index.ts';

/** The value of `--name` on a script's command line, as text. */
export function optionText(name: string): string | undefined {
  const value = argv[name] as string | number | boolean | undefined;
  return value === undefined ? undefined : String(value);
}

/** The words of `--name a,b`. */
export function optionList(name: string): string[] | undefined {
  return optionText(name)?.split(',').filter(Boolean);
}

/** Throws {@link UserError} for a word, or an option that is none of these: a mistyped one must not count for nothing. */
export function allowOptions(known: readonly string[], help: string): void {
  const stray = Object.keys(argv).find((name) => name !== '_' && !known.includes(name)) ?? argv._[0];
  if (stray !== undefined) throw new UserError(`unknown option or word "${stray}"`, { hint: help });
}
