import { hashValues } from '../../host/files/hash.ts';
import { readText } from '../../host/files/read.ts';
import { fromStore } from '../../host/files/store.ts';
import { type MissingName, missingName } from '../../includes/index.ts';
import { makeIdentity } from '../../make/index.ts';
import { type Context, defined, HostError, warning } from '../../model/index.ts';
import { originKey } from '../kernel/place.ts';
import { type Built, lookInto, type NameFindings } from './names.ts';
import type { Selection } from './select.ts';
import type { CellWork } from './work.ts';

/** A change of this number makes every stored diagnosis stale. */
const format = 1;

/** Most names that are looked into at a point: one missing include brings many messages. */
const most = 12;

/** What was found out about the failed builds of a point. */
interface Diagnosis {
  readonly format: typeof format;
  readonly byTarget: NameFindings;
  /** Whether every target's compiler told what it sees. */
  readonly whole: boolean;
}

/**
 * Looks into the failed builds of a point for names that the compiler did not know, and adds to their causes where those
 * are declared, why other targets know them, and which include would help.
 */
export async function diagnosePoint(
  works: readonly CellWork[],
  selection: Selection,
  context: Context,
): Promise<CellWork[]> {
  const built = works.filter((work): work is Built =>
    [work.build, work.source, work.toolchain].every((one) => one !== undefined),
  );
  const missing = new Map<string, MissingName[]>();
  for (const work of built) {
    const names = await missingNames(work);
    if (names.length > 0) missing.set(work.column, names);
  }
  if (missing.size === 0) return [...works];
  const { point } = built[0] ?? { point: 0 };
  try {
    const diagnosis = await remember(built, missing, selection, context);
    return works.map((work) => withAdvice(work, diagnosis));
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const text = `point ${point}: cannot analyse the failed build: ${error.message}`;
    context.emit({ type: 'note', level: 'warning', text });
    return [...works];
  }
}

async function missingNames({ build }: Built): Promise<MissingName[]> {
  if (build.outcome !== 'fail') return [];
  const log = (await readText(build.log)) ?? '';
  const names = new Map<string, MissingName>();
  for (const diagnostic of [...build.errors, ...(build.newWarnings ?? [])]) {
    const found = missingName(diagnostic, sourceLine(log, diagnostic.line, diagnostic.file));
    if (!found) continue;
    const key = `${found.file} ${found.kind} ${found.name}`;
    if (!names.has(key)) names.set(key, found);
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
  { configuration }: Selection,
  context: Context,
): Promise<Diagnosis> {
  const source = built[0]?.source;
  const cells = built.map(({ target, toolchain, configure }) => [
    makeIdentity(target, toolchain, source?.kernelVersion ?? ''),
    configure.configHash,
  ]);
  const entry = await fromStore<Diagnosis>({
    store: context.cache.store,
    kind: 'diagnosis',
    key: hashValues(format, source?.id, cells, [...missing], source ? originKey(source.origin) : null),
    fresh: context.fresh,
    say: warning(context),
    // Where something could not be preprocessed, the machine may be to blame.
    keep: ({ whole }) => whole,
    make: async () => {
      const text = 'searching headers for undeclared names';
      context.emit({ type: 'stage-progress', stage: 'build', text });
      return { format, ...(await lookInto(built, missing, defined({ configuration }), context)) };
    },
  });
  return entry.result;
}

function withAdvice(work: CellWork, { byTarget }: Diagnosis): CellWork {
  const found = byTarget[work.column];
  if (!found || !work.build?.cause) return work;
  const { advice, includes } = found;
  const more = { advice, ...(includes.length === 0 ? {} : { missingIncludes: includes }) };
  return { ...work, build: { ...work.build, cause: { ...work.build.cause, ...more } } };
}
