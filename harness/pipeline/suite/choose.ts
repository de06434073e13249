import path from 'node:path';
import { expandFiles, suiteEndings } from '../../host/files/glob.ts';
import { nearest, type Project, type Series, UserError } from '../../model/index.ts';

function nameOf(file: string): string {
  return path.basename(file).replace(/\.[cm]?[jt]s$/, '');
}

/**
 * The suite files that a run uses: the series' own, or what `--suite` says. Each word is the name of a suite that the
 * project knows, a file, a directory or a glob.
 */
export async function chooseSuites(
  words: readonly string[] | undefined,
  series: Series,
  project: Project,
): Promise<string[]> {
  if (words === undefined) return [...series.suites];
  const known = await knownSuites(series, project);
  const chosen = new Set<string>();
  for (const word of words) {
    const named = known.filter((file) => nameOf(file) === word);
    const found = named.length > 0 ? named : await expandFiles(word, suiteEndings);
    if (found.length === 0) {
      const names = [...new Set(known.map(nameOf))];
      const guess = nearest(word, names);
      throw new UserError(`there is no suite "${word}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
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
  const others = await Promise.all([...new Set(patterns)].map((pattern) => expandFiles(pattern, suiteEndings)));
  return [...new Set([...series.suites, ...others.flat()])];
}
