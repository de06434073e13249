import { readText } from '../../host/files/read.ts';
import {
  type Declaration,
  declarationsIn,
  type Explanation,
  explainMissing,
  fileDiff,
  type MissingName,
  type ReadText,
  type Unit,
  type UnitOn,
  withInclude,
} from '../../includes/index.ts';
import { parseConfig } from '../../kconfig/index.ts';
import type { Context, MissingInclude } from '../../model/index.ts';
import { preprocess, unitReader } from '../kernel/preprocess.ts';
import type { BuildRoom } from '../kernel/room.ts';
import { headersWithWord } from '../kernel/search.ts';
import type { CellWork } from './work.ts';

/** A cell that was built or failed to. */
export type Built = CellWork &
  Required<Pick<CellWork, 'build' | 'configure' | 'toolchain'>> & { readonly source: NonNullable<CellWork['source']> };

/** What was found out, by target. */
export type NameFindings = Readonly<
  Record<string, { readonly advice: readonly string[]; readonly includes: readonly MissingInclude[] }>
>;

interface Seen {
  /** Name of the column. */
  readonly target: string;
  readonly units: ReadonlyMap<string, Unit>;
  readonly directories: readonly string[];
  readonly room: BuildRoom;
  readonly option: UnitOn['option'];
}

/**
 * Has every target preprocess the objects in which names are missing, and explains each name.
 *
 * @param missing by target
 */
export async function lookInto(
  built: readonly Built[],
  missing: ReadonlyMap<string, readonly MissingName[]>,
  how: { readonly configuration?: string },
  context: Context,
): Promise<{ readonly byTarget: NameFindings; readonly whole: boolean }> {
  const all = [...missing.values()].flat();
  const objects = [...new Set(all.map(({ object }) => object))];
  const seen: Seen[] = [];
  for (const { source, target, toolchain, column, configure } of built) {
    const preprocessed = await preprocess({ source, target, toolchain, configure, ...how, objects }, context);
    const config = parseConfig((await readText(configure.config ?? '')) ?? '');
    seen.push({ ...preprocessed, target: column, option: (name) => config.get(name.replace(/^CONFIG_/, '')) });
  }
  const read = unitReader([...new Set(seen.flatMap((one) => one.directories))]);
  const room = seen[0]?.room;
  const explained = new Map<string, Explanation>();
  const byTarget: Record<string, NameFindings[string]> = {};
  for (const [target, names] of missing) {
    const found = { advice: new Set<string>(), includes: new Map<string, MissingInclude>() };
    for (const one of names) {
      const key = `${one.file} ${one.kind} ${one.name}`;
      const explanation =
        explained.get(key) ?? (await explainOne(one, missing, seen, { room, read, signal: context.signal }));
      explained.set(key, explanation);
      const { include } = explanation;
      for (const line of explanation.advice) found.advice.add(line);
      if (include && !found.includes.has(`${include.file} ${include.include}`)) {
        found.includes.set(`${include.file} ${include.include}`, include);
      }
    }
    const includes = [...found.includes.values()];
    byTarget[target] = { advice: [...found.advice, ...(await proposal(includes, read))], includes };
  }
  return { byTarget, whole: seen.every(({ units }) => units.size === objects.length) };
}

interface Look {
  readonly room: BuildRoom | undefined;
  readonly read: ReadText;
  readonly signal: AbortSignal;
}

async function explainOne(
  one: MissingName,
  missing: ReadonlyMap<string, readonly MissingName[]>,
  seen: readonly Seen[],
  { room, read, signal }: Look,
): Promise<Explanation> {
  const failing = [...missing]
    .filter(([, names]) => names.some(({ file, name }) => file === one.file && name === one.name))
    .map(([target]) => target);
  const units = seen.flatMap(({ target, units: known, option }): UnitOn[] => {
    const unit = known.get(one.object);
    return unit ? [{ target, unit, option }] : [];
  });
  const inTree = await findInTree(one.name, units, { room, read, signal });
  return explainMissing({ missing: one, units, failing, inTree, read });
}

/** What headers declare under a name that the whole kernel or these targets may include. */
async function findInTree(
  name: string,
  units: readonly UnitOn[],
  { room, read, signal }: Look,
): Promise<Declaration[]> {
  const files = units.flatMap(({ unit }) => [...unit.files.keys()]);
  const own = new Set(
    files.flatMap((file) => /^(?:arch\/[^/]+\/include|include\/asm-[^/]+)(?=\/)/.exec(file)?.[0] ?? []),
  );
  const folders = ['include', ...[...own].filter((folder) => folder.startsWith('arch/'))];
  const declarations: Declaration[] = [];
  for (const file of room ? await headersWithWord(room, folders, name, signal) : []) {
    const old = /^include\/asm-[^/]+/.exec(file)?.[0];
    if (old !== undefined && old !== 'include/asm-generic' && !own.has(old)) continue;
    declarations.push(...declarationsIn(file, (await read(file)) ?? '', name));
  }
  return declarations;
}

/** The proposed includes as a diff that applies to the point. */
async function proposal(includes: readonly MissingInclude[], read: ReadText): Promise<string[]> {
  const lines: string[] = [];
  for (const file of new Set(includes.map((one) => one.file))) {
    const before = await read(file);
    if (before === undefined) continue;
    const after = includes
      .filter((one) => one.file === file)
      .reduce((text, { include }) => withInclude(text, include), before);
    lines.push(...fileDiff(file, before, after).replace(/\n$/, '').split('\n'));
  }
  return lines.length === 0
    ? []
    : ['proposed (--fix writes it into the queue, once it builds on every target):', ...lines];
}
