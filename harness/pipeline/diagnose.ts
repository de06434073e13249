import path from 'node:path';
import { makeIdentity } from '../build/index.ts';
import {
  type Declaration,
  declarationsIn,
  type Explanation,
  explainMissing,
  fileDiff,
  type MissingName,
  missingName,
  type ReadText,
  type Unit,
  type UnitOn,
  withInclude,
} from '../diagnosis/index.ts';
import { hashValues, readTextIfThere } from '../host/files.ts';
import { filesWithWord } from '../host/search.ts';
import { fromStore } from '../host/store.ts';
import { parseConfig } from '../kconfig/index.ts';
import { type Context, HostError, type MissingInclude, type Target, type Toolchain } from '../model/index.ts';
import type { CellWork } from './cell.ts';
import { preprocess } from './preprocess.ts';
import type { Selection } from './select.ts';

/** A change of this number makes every stored diagnosis stale. */
const format = 1;

/** Most names that are looked into at a point: one missing include brings many messages. */
const most = 12;

/** What was found out about the failed builds of a point. */
interface Diagnosis {
  readonly format: typeof format;
  readonly byTarget: Readonly<Record<string, { readonly advice: string[]; readonly includes: MissingInclude[] }>>;
}

/** A cell that was built or failed to. */
type Built = CellWork &
  Required<Pick<CellWork, 'build' | 'configure'>> & { readonly source: NonNullable<CellWork['source']> };

/**
 * Looks into the failed builds of a point for names that the compiler did not know, and adds to their causes where those
 * are declared, why other targets know them, and which include would help.
 */
export async function diagnosePoint(
  works: readonly CellWork[],
  selection: Selection,
  context: Context,
): Promise<CellWork[]> {
  const built = works.filter((work): work is Built => work.build !== undefined && work.source !== undefined);
  const missing = new Map<string, MissingName[]>();
  for (const work of built) {
    const names = await missingNames(work);
    if (names.length > 0) missing.set(work.target.name, names);
  }
  if (missing.size === 0) return [...works];
  const { point } = built[0] ?? { point: 0 };
  try {
    const diagnosis = await remember(built, missing, selection, context);
    return works.map((work) => withAdvice(work, diagnosis));
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const text = `point ${point}: the failed build could not be looked into: ${error.message}`;
    context.emit({ type: 'note', level: 'warning', text });
    return [...works];
  }
}

async function missingNames({ build }: Built): Promise<MissingName[]> {
  if (build.outcome !== 'fail') return [];
  const log = (await readTextIfThere(build.log)) ?? '';
  const names = new Map<string, MissingName>();
  for (const diagnostic of [...build.errors, ...(build.newWarnings ?? [])]) {
    const found = missingName(diagnostic, sourceLine(log, diagnostic.line, diagnostic.file));
    if (found)
      names.set(
        `${found.file} ${found.kind} ${found.name}`,
        names.get(`${found.file} ${found.kind} ${found.name}`) ?? found,
      );
  }
  return [...names.values()].slice(0, most);
}

/** The line of C that the compiler shows below a message. */
function sourceLine(log: string, line: number | undefined, file: string | undefined): string | undefined {
  if (line === undefined || file === undefined) return undefined;
  return new RegExp(`^ +${line} \\| (.*)$`, 'm').exec(log.slice(Math.max(0, log.indexOf(`${file}:${line}:`))))?.[1];
}

async function remember(
  built: readonly Built[],
  missing: ReadonlyMap<string, readonly MissingName[]>,
  { toolchain, configuration }: Selection,
  context: Context,
): Promise<Diagnosis> {
  const source = built[0]?.source;
  const cells = built.map(({ target, configure }) => [
    makeIdentity(target, toolchain, source?.kernelVersion ?? ''),
    configure.configHash,
  ]);
  const entry = await fromStore<Diagnosis>({
    store: context.cache.store,
    kind: 'diagnosis',
    key: hashValues(format, source?.id, cells, [...missing]),
    fresh: context.fresh,
    keep: () => true,
    make: async () => {
      const text = 'looking for the headers of what the compiler did not know';
      context.emit({ type: 'stage-progress', stage: 'build', text });
      return look(built, missing, { toolchain, ...(configuration === undefined ? {} : { configuration }) }, context);
    },
  });
  return entry.result;
}

interface Seen {
  readonly target: Target;
  readonly units: ReadonlyMap<string, Unit>;
  readonly directories: readonly string[];
  readonly option: UnitOn['option'];
}

async function look(
  built: readonly Built[],
  missing: ReadonlyMap<string, readonly MissingName[]>,
  how: { readonly toolchain: Toolchain; readonly configuration?: string },
  context: Context,
): Promise<Diagnosis> {
  const all = [...missing.values()].flat();
  const objects = [...new Set(all.map(({ object }) => object))];
  const seen: Seen[] = [];
  for (const { source, target, configure } of built) {
    const preprocessed = await preprocess({ source, target, configure, ...how, objects }, context);
    const config = parseConfig((await readTextIfThere(configure.config ?? '')) ?? '');
    seen.push({ ...preprocessed, target, option: (name) => config.get(name.replace(/^CONFIG_/, '')) });
  }
  const read = reader(seen);
  const [worktree = ''] = seen[0]?.directories ?? [];
  const explained = new Map<string, Explanation>();
  const byTarget: Record<string, { advice: string[]; includes: MissingInclude[] }> = {};
  for (const [target, names] of missing) {
    const found = { advice: new Set<string>(), includes: new Map<string, MissingInclude>() };
    for (const one of names) {
      const key = `${one.file} ${one.kind} ${one.name}`;
      const explanation =
        explained.get(key) ?? (await explainOne(one, missing, seen, { worktree, read, signal: context.signal }));
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
  return { format, byTarget };
}

async function explainOne(
  one: MissingName,
  missing: ReadonlyMap<string, readonly MissingName[]>,
  seen: readonly Seen[],
  { worktree, read, signal }: { readonly worktree: string; readonly read: ReadText; readonly signal: AbortSignal },
): Promise<Explanation> {
  const failing = [...missing]
    .filter(([, names]) => names.some(({ file, name }) => file === one.file && name === one.name))
    .map(([target]) => target);
  const units = seen.flatMap(({ target, units: known, option }): UnitOn[] => {
    const unit = known.get(one.object);
    return unit ? [{ target: target.name, unit, option }] : [];
  });
  const inTree = await findInTree(one.name, worktree, units, signal);
  return explainMissing({ missing: one, units, failing, inTree, read });
}

/** What headers declare under a name that the whole kernel or these targets may include. */
async function findInTree(
  name: string,
  worktree: string,
  units: readonly UnitOn[],
  signal: AbortSignal,
): Promise<Declaration[]> {
  const files = units.flatMap(({ unit }) => [...unit.files.keys()]);
  const own = new Set(
    files.flatMap((file) => /^(?:arch\/[^/]+\/include|include\/asm-[^/]+)(?=\/)/.exec(file)?.[0] ?? []),
  );
  const folders = ['include', ...[...own].filter((folder) => folder.startsWith('arch/'))];
  const declarations: Declaration[] = [];
  for (const file of await filesWithWord(worktree, folders, name, signal)) {
    const old = /^include\/asm-[^/]+/.exec(file)?.[0];
    if (old !== undefined && old !== 'include/asm-generic' && !own.has(old)) continue;
    declarations.push(...declarationsIn(file, (await readTextIfThere(path.join(worktree, file))) ?? '', name));
  }
  return declarations;
}

function reader(seen: readonly Seen[]): ReadText {
  const directories = [...new Set(seen.flatMap((one) => one.directories))];
  return async (file) => {
    for (const directory of directories) {
      const text = await readTextIfThere(path.join(directory, file));
      if (text !== undefined) return text;
    }
    return undefined;
  };
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
    lines.push(...fileDiff(file, before, after).trimEnd().split('\n'));
  }
  return lines.length === 0
    ? []
    : ['proposed (--fix writes it into the queue, once it builds on every target):', ...lines];
}

function withAdvice(work: CellWork, { byTarget }: Diagnosis): CellWork {
  const found = byTarget[work.target.name];
  if (!found || !work.build?.cause) return work;
  const { advice, includes } = found;
  const more = { advice, ...(includes.length === 0 ? {} : { missingIncludes: includes }) };
  return { ...work, build: { ...work.build, cause: { ...work.build.cause, ...more } } };
}
