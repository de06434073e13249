import { hashValues } from '../../host/files/hash.ts';
import { listHostile } from '../../host/files/hostile.ts';
import { fromStore } from '../../host/files/store.ts';
import { type Definitions, readDefinitions, withDependencies } from '../../kconfig/index.ts';
import {
  filterGlobs,
  type KunitSuite,
  matchingSuites,
  mayHoldSuites,
  readKunitWord,
  suitesIn,
} from '../../kunit/index.ts';
import { gatesOf } from '../../make/index.ts';
import {
  type Context,
  type KunitPlan,
  nearest,
  type Source,
  suiteKind,
  type Target,
  UserError,
  warning,
} from '../../model/index.ts';
import type { FragmentUse } from './configure.ts';
import { treeReader } from './explain-options.ts';
import { ownFragment } from './own-fragment.ts';

/** A change of this number makes every stored list stale. */
const format = 1;

/** Where the framework lies, in every kernel that has it. */
const framework = 'lib/kunit/test.c';

interface Listed {
  /** Whether the kernel has KUnit at all. */
  readonly framework: boolean;
  readonly suites: readonly KunitSuite[];
}

/** Every C source of a tree that may hold suites. */
async function candidates(root: string): Promise<string[]> {
  const found: string[] = [];
  const visit = async (directory: string): Promise<void> => {
    for (const entry of await listHostile(root, directory)) {
      const file = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.isDirectory() && !/^(?:\.|tools$|Documentation$|scripts$|samples$)/.test(file)) await visit(file);
      else if (entry.isFile() && mayHoldSuites(file)) found.push(file);
    }
  };
  await visit('');
  return found.sort();
}

/** The KUnit suites in the source of a kernel. */
async function listSuites(source: Source, context: Context): Promise<Listed> {
  const { result } = await fromStore<Listed>({
    store: context.cache.store,
    kind: 'kunit',
    key: hashValues(format, source.id),
    fresh: false,
    say: warning(context),
    keep: () => true,
    make: async () => {
      const root = await source.checkout();
      const read = treeReader(root);
      if ((await read(framework)) === undefined) return { framework: false, suites: [] };
      const suites: KunitSuite[] = [];
      for (const file of await candidates(root)) suites.push(...suitesIn(file, (await read(file)) ?? ''));
      return { framework: true, suites };
    },
  });
  return result;
}

/** The words among some suites that KUnit runs. */
function kunitWords(suites: readonly string[]): string[] {
  return suites.filter((word) => suiteKind(word)?.kind === 'kunit');
}

function planOf(word: string, { framework: has, suites }: Listed, kernelVersion: string): KunitPlan {
  if (!has) return { globs: [], reason: `Linux ${kernelVersion} has no KUnit: there is no ${framework}` };
  const wanted = readKunitWord(suiteKind(word)?.what ?? '');
  const chosen = matchingSuites(wanted, suites);
  if (chosen.length === 0) return { globs: [], reason: `this point has no KUnit suite "${wanted.suite}"` };
  return { globs: filterGlobs(wanted, chosen, suites) };
}

/** What a kernel does for each word; nothing for words of other kinds. */
export async function kunitPlans(
  words: readonly string[],
  source: Source,
  context: Context,
): Promise<Record<string, KunitPlan>> {
  const chosen = kunitWords(words);
  if (chosen.length === 0) return {};
  const listed = await listSuites(source, context);
  return Object.fromEntries(chosen.map((word) => [word, planOf(word, listed, source.kernelVersion)]));
}

/** @throws UserError for a word that means no suite of a kernel with KUnit, with the nearest name */
export async function checkKunitWords(words: readonly string[], source: Source, context: Context): Promise<void> {
  if (kunitWords(words).length === 0) return;
  const { framework: has, suites } = await listSuites(source, context);
  if (!has) return;
  for (const word of kunitWords(words)) {
    const wanted = readKunitWord(suiteKind(word)?.what ?? '');
    if (matchingSuites(wanted, suites).length > 0) continue;
    const names = [...new Set(suites.map(({ name }) => name))].sort();
    const guess = nearest(wanted.suite, names);
    throw new UserError(
      `Linux ${source.kernelVersion} has no KUnit suite "${wanted.suite}"${guess === undefined ? '' : `; did you mean "kunit:${guess}"?`}`,
      {
        code: 'QB-SELECTION',
        hint: `it has ${names.length}: ${names.slice(0, 40).join(', ')}${names.length > 40 ? ' …' : ''}`,
      },
    );
  }
}

async function definitionsOf(root: string, source: Source, target: Target): Promise<Definitions> {
  const { arch } = target.kernelLayout(source.kernelVersion);
  const variables = { ARCH: arch, SRCARCH: target.sourceArch(source.kernelVersion) };
  return await readDefinitions(treeReader(root), ['Kconfig', `arch/${arch}/Kconfig`], variables);
}

/**
 * The fragment that builds the chosen suites in: KUnit, what their makefiles ask for, and what that depends on. KUnit alone
 * at a point that does not have the suites yet, so that the patch which brings them is not charged with its size, nor with
 * compiling everything anew. None where the kernel has no KUnit.
 */
export async function kunitFragment(
  words: readonly string[],
  { source, target }: { readonly source: Source; readonly target: Target },
  context: Context,
): Promise<FragmentUse[]> {
  const chosen = kunitWords(words);
  if (chosen.length === 0) return [];
  const listed = await listSuites(source, context);
  const suites = chosen.flatMap((word) => matchingSuites(readKunitWord(suiteKind(word)?.what ?? ''), listed.suites));
  if (!listed.framework) return [];
  const { result } = await fromStore<readonly string[]>({
    store: context.cache.store,
    kind: 'kunit',
    key: hashValues(format, source.id, target.name, [...new Set(suites.map(({ file }) => file))].sort()),
    fresh: false,
    say: warning(context),
    keep: () => true,
    make: async () => {
      const root = await source.checkout();
      const definitions = await definitionsOf(root, source, target);
      const symbols = ['KUNIT', ...(definitions.has('RUNTIME_TESTING_MENU') ? ['RUNTIME_TESTING_MENU'] : [])];
      for (const { file } of suites) {
        const [way] = (await gatesOf(file, treeReader(root))) ?? [];
        for (const gate of way ?? []) if (!gate.negated) symbols.push(gate.symbol);
      }
      return withDependencies(symbols, definitions);
    },
  });
  const options = result.map((symbol) => `CONFIG_${symbol}=y`);
  return [await ownFragment({ name: 'kunit', title: chosen.join(' ') }, options, context)];
}
