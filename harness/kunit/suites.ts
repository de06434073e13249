/** A KUnit suite in the source of a kernel. */
export interface KunitSuite {
  readonly name: string;
  /** Relative to the tree. */
  readonly file: string;
}

/** What is asked for: a suite or a glob of suites, by name or by file, and perhaps one test of it. */
export interface KunitWord {
  readonly suite: string;
  /** A glob of tests; all when absent. */
  readonly test?: string;
}

/** Names of files that may hold suites: nothing else is read. */
const fileName = /(?:test|kunit)[^/]*\.c$|\/tests?\/[^/]+\.c$/i;
const definition = /\bstruct\s+kunit_suite\s+\w+\s*=\s*\{/g;
const suiteName = /^[^}]*?\.name\s*=\s*"([^"\n]+)"/;
/** A definition is not longer than so many characters. */
const longest = 2000;

/** Whether a file of the tree may hold KUnit suites. */
export function mayHoldSuites(file: string): boolean {
  return fileName.test(file) && !/^(?:tools|Documentation|scripts|samples)\//.test(file);
}

/** The suites that a C source defines. */
export function suitesIn(file: string, text: string): KunitSuite[] {
  const found: KunitSuite[] = [];
  for (const match of text.matchAll(definition)) {
    const from = match.index + match[0].length;
    const name = suiteName.exec(text.slice(from, from + longest))?.[1];
    if (name !== undefined) found.push({ name, file });
  }
  return found;
}

/** Reads `suite` or `suite.test`. */
export function readKunitWord(what: string): KunitWord {
  const dot = what.indexOf('.');
  return dot < 0 ? { suite: what } : { suite: what.slice(0, dot), test: what.slice(dot + 1) };
}

/** As the kernel's own `glob_match` reads it: `*`, `?` and sets in brackets. */
function globExpression(glob: string): RegExp {
  const parts = glob.replaceAll(/\[!?[^\]]+\]|[*?]|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 2 && part.startsWith('[') ? part.replace('[!', '[^') : `\\${part}`;
  });
  return new RegExp(`^${parts}$`);
}

/** Names are written with either sign. */
function alike(name: string): string {
  return name.replaceAll('-', '_').toLowerCase();
}

function stem(file: string): string {
  return (file.split('/').at(-1) ?? '').replace(/\.c$/, '');
}

/** The suites that a word means: by their names, else by the names of their files. */
export function matchingSuites({ suite }: Pick<KunitWord, 'suite'>, all: readonly KunitSuite[]): KunitSuite[] {
  const glob = globExpression(alike(suite));
  const byName = all.filter(({ name }) => glob.test(alike(name)));
  return byName.length > 0 ? byName : all.filter(({ file }) => glob.test(alike(stem(file))));
}

/**
 * Values of `kunit.filter_glob` that run the chosen suites and no other, one for each boot: the kernel takes one glob at a
 * time.
 */
export function filterGlobs(
  { suite, test }: KunitWord,
  chosen: readonly KunitSuite[],
  all: readonly KunitSuite[],
): string[] {
  const names = [...new Set(chosen.map(({ name }) => name))].sort();
  const tail = test === undefined ? '' : `.${test}`;
  const glob = globExpression(suite);
  const caught = new Set(all.filter(({ name }) => glob.test(name)).map(({ name }) => name));
  const fits = names.length > 0 && caught.size === names.length && names.every((name) => caught.has(name));
  return (fits ? [suite] : names).map((one) => `${one}${tail}`);
}
