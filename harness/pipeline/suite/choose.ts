import path from 'node:path';
import { defined, nearest, type Project, type Series, suiteKind, UserError } from '../../model/index.ts';
import { checkDialect } from './dialects.ts';
import { listSuites } from './runner/index.ts';

function nameOf(file: string): string {
  if (suiteKind(file)) return file;
  return path.basename(file).replace(/\.[cm]?[jt]s$/, '');
}

/**
 * The suite files that a run uses: the series' own, or what `--suite` says. Each word is the name of a suite that the
 * project knows, a file, a directory or a glob. The series' dialect is checked against what their directories bring.
 *
 * @throws UserError for a word that means no suite, and for a dialect that nobody brings
 */
export async function chooseSuites(
  words: readonly string[] | undefined,
  series: Series,
  project: Project,
): Promise<string[]> {
  const files = words === undefined ? await ownSuites(series) : await namedSuites(words, series, project);
  for (const file of files) mustBeProgram(file, project);
  // Suites of others may be run with a series that names a dialect of its own ones.
  await checkDialect(series.dialect, files, {
    own: words === undefined,
    ...defined({ location: series.dialectLocation }),
  });
  return files;
}

/** A program is a suite where the project file says so. */
function mustBeProgram(word: string, { programSuites = {}, file }: Project): void {
  const found = suiteKind(word);
  if (found?.kind !== 'program' || Object.hasOwn(programSuites, found.what)) return;
  const names = Object.keys(programSuites);
  const guess = nearest(found.what, names);
  throw new UserError(
    `there is no program suite "${found.what}"${guess === undefined ? '' : `; did you mean "program:${guess}"?`}`,
    {
      code: 'QB-SELECTION',
      hint: `${file} has: ${names.map((name) => `program:${name}`).join(', ') || 'none; a series lists one as suites: [{program: {run: ./test.sh}}]'}`,
    },
  );
}

async function ownSuites(series: Series): Promise<string[]> {
  const files = new Set<string>();
  for (const suite of series.suites) {
    const found = await listSuites(suite);
    if (found.length === 0) {
      throw new UserError(`series ${series.name}: no suite file ${suite}`, {
        code: 'QB-SELECTION',
        hint: 'a suite is a file of cases; give its path, a directory of suites or a glob',
        ...defined({ location: series.location }),
      });
    }
    for (const file of found) files.add(file);
  }
  return [...files];
}

async function namedSuites(words: readonly string[], series: Series, project: Project): Promise<string[]> {
  const known = await knownSuites(series, project);
  const chosen = new Set<string>();
  for (const word of words) {
    const named = known.filter((file) => nameOf(file) === word);
    const found = named.length > 0 ? named : await listSuites(word);
    if (found.length === 0) {
      const names = [...new Set(known.map(nameOf))];
      const guess = nearest(word, names);
      throw new UserError(`there is no suite "${word}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
        code: 'QB-SELECTION',
        hint: `name one of: ${names.join(', ') || '(the project has none)'}, or a file, a directory or a glob`,
      });
    }
    for (const file of found) chosen.add(file);
  }
  return [...chosen];
}

/** Suites of the series, then those of every other series of the project. */
async function knownSuites(series: Series, project: Project): Promise<string[]> {
  const patterns = Object.values(project.series).flatMap((bases) =>
    Object.values(bases).flatMap((spec) => spec.suites),
  );
  const others = await Promise.all([...new Set(patterns)].map((pattern) => listSuites(pattern)));
  const own = await Promise.all(series.suites.map((pattern) => listSuites(pattern)));
  return [...new Set([...own, ...others].flat())];
}
