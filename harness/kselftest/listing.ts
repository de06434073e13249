/** How a collection's makefile lists files: whether they are built, run with the collection, or run when they are named. */
interface Kind {
  readonly built: boolean;
  readonly runs: 'always' | 'named' | 'never';
}

const kinds = {
  TEST_GEN_PROGS: { built: true, runs: 'always' },
  TEST_CUSTOM_PROGS: { built: true, runs: 'always' },
  TEST_PROGS: { built: false, runs: 'always' },
  TEST_GEN_PROGS_EXTENDED: { built: true, runs: 'named' },
  TEST_PROGS_EXTENDED: { built: false, runs: 'named' },
  TEST_GEN_FILES: { built: true, runs: 'never' },
  TEST_FILES: { built: false, runs: 'never' },
  TEST_INCLUDES: { built: false, runs: 'never' },
} as const satisfies Record<string, Kind>;

/** A file of a collection. */
export interface CollectionEntry extends Kind {
  /** Relative to the collection's directory, or to where it is built. */
  readonly name: string;
}

/** The goal of {@link listMakefile}. */
export const listGoal = 'quiltboot-list';
const mark = 'quiltboot-lists';

/** A makefile that is read after the collection's own, whose goal prints what that one has listed. */
export const listMakefile = [
  `${listGoal}:`,
  `\t@:$(foreach kind,${Object.keys(kinds).join(' ')},$(foreach one,$($(kind)),$(info ${mark} $(kind) $(one))))`,
  `.PHONY: ${listGoal}`,
  '',
].join('\n');

/** Names that neither a shell nor make reads as something else. */
const plain = /^[\w.+@%,-]+(?:\/[\w.+@%,-]+)*\/?$/;

/**
 * Reads what {@link listMakefile} has printed among other lines.
 *
 * @param output where make builds them, as the makefile was told
 * @returns files, each once, and names that are not taken
 */
export function readListing(
  text: string,
  output: string,
): { readonly files: readonly CollectionEntry[]; readonly refused: readonly string[] } {
  const files = new Map<string, CollectionEntry>();
  const refused: string[] = [];
  for (const [, kind = '', word = ''] of text.matchAll(new RegExp(`^${mark} (\\w+) (\\S+)$`, 'gm'))) {
    if (!Object.hasOwn(kinds, kind)) continue;
    const name = word.startsWith(`${output}/`) ? word.slice(output.length + 1) : word;
    const { built, runs } = kinds[kind as keyof typeof kinds];
    if (!plain.test(name) || (built && name.split('/').includes('..'))) refused.push(word);
    else if (!files.has(name)) files.set(name, { name: name.replace(/\/$/, ''), built, runs });
  }
  return { files: [...files.values()], refused };
}

/** The tests that a word means: all that the collection runs by itself, or the one that it names. */
export function testsOf(files: readonly CollectionEntry[], test: string | undefined): readonly CollectionEntry[] {
  if (test === undefined) return files.filter(({ runs }) => runs === 'always');
  return files.filter(({ name, runs }) => runs !== 'never' && name === test);
}

/** Names of all tests that can be asked for. */
export function testNames(files: readonly CollectionEntry[]): string[] {
  return files.filter(({ runs }) => runs !== 'never').map(({ name }) => name);
}
