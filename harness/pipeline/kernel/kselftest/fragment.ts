import { hashValues } from '../../../host/files/hash.ts';
import { fromStore } from '../../../host/files/store.ts';
import { formatOption, readDefinitions, withDependencies } from '../../../kconfig/index.ts';
import { readCollectionConfig, selftests, type WantedOption } from '../../../kselftest/index.ts';
import { type Context, type Source, type Target, warning } from '../../../model/index.ts';
import type { FragmentUse } from '../configure.ts';
import { treeReader } from '../explain-options.ts';
import { ownFragment } from '../own-fragment.ts';
import { wantedIn } from './collections.ts';

/** A change of this number makes every stored list stale. */
const format = 2;

interface Options {
  readonly asked: readonly WantedOption[];
  /** Symbols that can be had as modules only. */
  readonly modules: readonly string[];
}

/**
 * Fragments with the options that collections ask for in their `config` files, and with what these depend on. What the
 * user's own fragments speak of is left to them.
 *
 * @param settled symbols of the user's fragments
 */
export async function kselftestFragments(
  words: readonly string[],
  {
    source,
    target,
    settled,
  }: { readonly source: Source; readonly target: Target; readonly settled: ReadonlySet<string> },
  context: Context,
): Promise<FragmentUse[]> {
  const wanted = await wantedIn(words, source, context);
  const collections = [...new Set(wanted.flatMap(({ found }) => (found ? [found.collection] : [])))].sort();
  const fragments: FragmentUse[] = [];
  for (const collection of collections) {
    const { result } = await fromStore<Options>({
      store: context.cache.store,
      kind: 'kselftest',
      key: hashValues('options', format, source.id, target.name, collection),
      fresh: false,
      say: warning(context),
      keep: () => true,
      make: () => optionsOf(collection, source, target),
    });
    const from = `${selftests}/${collection}/config`;
    const names = result.modules.filter((symbol) => !settled.has(symbol)).map((symbol) => `CONFIG_${symbol}`);
    if (names.length > 0)
      warning(context)(
        `${from} asks for ${names.join(', ')}, which can be a module only: kernels are built without it`,
      );
    const options = result.asked.filter(({ symbol }) => !settled.has(symbol)).map(formatOption);
    if (options.length === 0) continue;
    fragments.push({ ...(await ownFragment({ name: 'kselftest', title: from }, options, context)), from });
  }
  return fragments;
}

async function optionsOf(collection: string, source: Source, target: Target): Promise<Options> {
  const read = treeReader(await source.checkout());
  const { options } = readCollectionConfig((await read(`${selftests}/${collection}/config`)) ?? '');
  if (options.length === 0) return { asked: [], modules: [] };
  const { arch } = target.kernelLayout(source.kernelVersion);
  const variables = { ARCH: arch, SRCARCH: target.sourceArch(source.kernelVersion) };
  const definitions = await readDefinitions(read, ['Kconfig', `arch/${arch}/Kconfig`], variables);
  const isModule = ({ symbol, module }: WantedOption): boolean =>
    module === true &&
    (definitions.get(symbol) ?? []).some(({ depends }) => depends.some(({ expression }) => onModules.test(expression)));
  const own = new Map(options.filter((option) => !isModule(option)).map((option) => [option.symbol, option] as const));
  const on = [...own.values()].filter(({ value }) => value !== 'n').map(({ symbol }) => symbol);
  const needed = withDependencies(on, definitions).map((symbol) => own.get(symbol) ?? { symbol, value: 'y' });
  return {
    asked: [...needed, ...[...own.values()].filter(({ value }) => value === 'n')],
    modules: options.filter(isModule).map(({ symbol }) => symbol),
  };
}

/** `depends on m` */
const onModules = /(?:^|[\s(&])m(?:$|[\s)&])/;
