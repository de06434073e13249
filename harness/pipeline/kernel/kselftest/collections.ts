import path from 'node:path';
import { hashValues } from '../../../host/files/hash.ts';
import { listHostile } from '../../../host/files/hostile.ts';
import { fromStore } from '../../../host/files/store.ts';
import { type KselftestWord, readKselftestWord, selftests } from '../../../kselftest/index.ts';
import { type Context, nearest, type Source, suiteKind, UserError, warning } from '../../../model/index.ts';

/** A change of this number makes every stored list stale. */
const format = 1;
/** Collections lie in one another, but not deeply. */
const deepest = 4;

/** A word, and what it stands for in a tree that has its collection. */
export interface WantedTests {
  readonly word: string;
  readonly found?: KselftestWord;
}

/** The collections of a tree: directories with a makefile, relative to all of them. */
export async function listCollections(source: Source, context: Context): Promise<readonly string[]> {
  const { result } = await fromStore<readonly string[]>({
    store: context.cache.store,
    kind: 'kselftest',
    key: hashValues('collections', format, source.id),
    fresh: false,
    say: warning(context),
    keep: () => true,
    make: async () => {
      const root = await source.checkout();
      const found: string[] = [];
      const visit = async (directory: string, depth: number): Promise<void> => {
        const entries = await listHostile(root, path.join(selftests, directory));
        if (directory !== '' && entries.some((entry) => entry.name === 'Makefile' && entry.isFile()))
          found.push(directory);
        if (depth >= deepest) return;
        for (const entry of entries) if (entry.isDirectory()) await visit(path.join(directory, entry.name), depth + 1);
      };
      await visit('', 0);
      return found.sort();
    },
  });
  return result;
}

/** The words among some suites that kselftest runs. */
export function kselftestWords(suites: readonly string[]): string[] {
  return suites.filter((word) => suiteKind(word)?.kind === 'kselftest');
}

/** What words stand for in a tree. */
export async function wantedIn(words: readonly string[], source: Source, context: Context): Promise<WantedTests[]> {
  const chosen = kselftestWords(words);
  if (chosen.length === 0) return [];
  const collections = await listCollections(source, context);
  return chosen.map((word) => {
    const found = readKselftestWord(suiteKind(word)?.what ?? '', collections);
    return { word, ...(found && { found }) };
  });
}

const mostNames = 40;

/** The mistake of a word for something that is not there, with the nearest name. */
export function unknownName(what: string, name: string, names: readonly string[], prefix: string): UserError {
  const guess = nearest(name, [...names]);
  const meant = guess === undefined ? '' : `; did you mean "${prefix}${guess}"?`;
  const all = [...names].sort();
  const rest = all.length > mostNames ? ' …' : '';
  const hint =
    all.length === 0
      ? `there is none: ${selftests} is not in it`
      : `it has: ${all.slice(0, mostNames).join(', ')}${rest}`;
  return new UserError(`${what} "${name}"${meant}`, { code: 'QB-SELECTION', hint });
}
