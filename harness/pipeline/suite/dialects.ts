import path from 'node:path';
import { listFiles } from '../../host/files/list.ts';
import { defined, type SourceLocation, suggest, suiteKind, UserError } from '../../model/index.ts';

/**
 * A directory of suites may bring dialects: `dialects/NAME.ts` beside the suites, each with a default export, and
 * `dialects/index.ts` for where no name is given. Of a dialect the core knows its name alone.
 */
export const dialectFolder = 'dialects';

/** Modules of the dialects that are brought for a suite file, by name; `index` is the default. */
async function dialectsFor(suite: string): Promise<ReadonlyMap<string, string>> {
  if (suiteKind(suite)) return new Map();
  const files = await listFiles(path.join(path.dirname(suite), dialectFolder));
  const modules = files.filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.endsWith('.d.ts'));
  return new Map(modules.map((file) => [path.parse(file).name, file]));
}

/** The module of the dialect that a suite file is run with, if its directory has any. */
export async function dialectModule(suite: string, dialect: string | undefined): Promise<string | undefined> {
  return (await dialectsFor(suite)).get(dialect ?? 'index');
}

/** Modules of the dialects that suite files are run with, each once. */
export async function dialectModules(suites: readonly string[], dialect: string | undefined): Promise<string[]> {
  const modules = await Promise.all(suites.map((suite) => dialectModule(suite, dialect)));
  return [...new Set(modules.filter((module) => module !== undefined))];
}

/**
 * Checks the name of a dialect against what the directories of the suites bring.
 *
 * @param options `own`: suites of the series that names it, which must know it
 * @throws UserError for a name that none of them has, with its place and the nearest ones
 */
export async function checkDialect(
  dialect: string | undefined,
  suites: readonly string[],
  { own, location }: { readonly own: boolean; readonly location?: SourceLocation },
): Promise<void> {
  if (dialect === undefined || suites.length === 0) return;
  const brought = await Promise.all(suites.map(dialectsFor));
  const names = [...new Set(brought.flatMap((one) => [...one.keys()]))].filter((name) => name !== 'index').sort();
  if (names.includes(dialect) || (names.length === 0 && !own)) return;
  const hint =
    names.length === 0
      ? `the suites bring none; a dialect is a module beside them: ${dialectFolder}/${dialect}.ts`
      : suggest(dialect, names);
  throw new UserError(`there is no dialect "${dialect}"`, { code: 'QB-NAME', hint, ...defined({ location }) });
}
