import path from 'node:path';
import * as z from 'zod';
import {
  type CountedCase,
  type CountsByFile,
  executedLines,
  readGcov,
  refusedByGcov,
  sumCounts,
} from '../../coverage/index.ts';
import { readText } from '../../host/files/read.ts';
import { copyIfThere } from '../../host/files/write.ts';
import { runProcess } from '../../host/process.ts';
import { inspectionArguments } from '../../host/sandbox/sandbox.ts';
import { gcovFile } from '../../make/index.ts';
import { buildLimits, type Context, type CountedBuild, type Executed, InterruptedError } from '../../model/index.ts';
import { bootName, type CounterPlaces } from '../../model/suite.ts';
import {
  type CounterRecord,
  counterDirectory,
  counterIndex,
  counterName,
  type Look,
  notesFile,
} from './case-counters.ts';

/** Sets of counters that gcov reads at once, and what that may take in milliseconds. */
const batch = 16;
const gcovMs = 120_000;
/** gcov reads a few files of some hundred thousand bytes; the kernel that wrote them may be hostile. */
const limits = { ...buildLimits, memory: 2048, together: 2048, file: 1, minutes: 3, processes: 16 };

/** A sandbox has one stream for both: what gcov says of a file must not stand in the middle of a report. */
const complaintsLast = 'exec 3>&1; said=$("$@" 2>&1 >&3); printf "\\n%s\\n" "$said"';

const look = z.record(z.string().regex(/^\d+$/), z.string().regex(/^[0-9a-f]+$/));
const recordShape = z.union([
  z.object({ idle: z.tuple([look, look]) }),
  z.object({ label: z.string(), before: look, after: look }),
  z.object({ unread: z.string() }),
]);

/** Where the guests of a kernel are to leave their counters. */
export function counterPlaces({ root, sources }: CountedBuild, directory: string): CounterPlaces {
  return { directory, files: sources.map((source) => path.posix.join(root, gcovFile(source, 'gcda'))) };
}

async function readIndex(directory: string): Promise<CounterRecord[]> {
  const text = (await readText(path.join(directory, counterIndex))) ?? '';
  return text
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => recordShape.safeParse(JSON.parse(line)).data ?? []);
}

/** Reads counters with gcov, in a sandbox: they come from guests, and notes from builds. */
class GcovReader {
  /** By `object/name`: what was counted; undefined for counters that do not belong to the notes. */
  readonly #known = new Map<string, CountsByFile | undefined>();
  readonly #places: { readonly directory: string; readonly counted: CountedBuild; readonly gcov: string };
  readonly #context: Pick<Context, 'signal'>;

  constructor(
    places: { readonly directory: string; readonly counted: CountedBuild; readonly gcov: string },
    context: Pick<Context, 'signal'>,
  ) {
    this.#places = places;
    this.#context = context;
  }

  async read(object: string, names: readonly string[]): Promise<void> {
    for (let from = 0; from < names.length; from += batch)
      await this.#readSome(object, names.slice(from, from + batch));
  }

  async #readSome(object: string, names: readonly string[]): Promise<void> {
    const { directory, counted, gcov } = this.#places;
    const files = new Map<string, string>();
    for (const name of names) {
      const place = counterDirectory(directory, object, name);
      await copyIfThere(path.join(counted.directory, `${object}.gcno`), path.join(place, notesFile));
      files.set(path.join(place, name === zero ? notesFile : counterName), name);
    }
    const words = ['/bin/sh', '-c', complaintsLast, 'sh', gcov, '--json-format', '--stdout', ...files.keys()] as const;
    const argv = await inspectionArguments([...words], path.join(directory, object), { tool: gcov, limits });
    const { signal } = this.#context;
    const result = await runProcess({ argv, timeoutMs: gcovMs, signal }).catch((error: unknown) => {
      if (error instanceof InterruptedError) throw error;
      // One that prints without an end: what it was given is to blame.
      return undefined;
    });
    const reports = new Map(readGcov(result?.stdout ?? '', counted.tree).map((one) => [one.file, one.counts]));
    const refused = new Set(refusedByGcov(result?.stdout ?? '', [...files.keys()]));
    for (const [file, name] of files) {
      this.#known.set(`${object}/${name}`, refused.has(file) ? undefined : reports.get(file));
    }
  }

  /** What was counted at one time; undefined where some of it cannot be read. */
  countsOf(at: Look): CountsByFile | undefined {
    const all = this.#places.counted.sources.map((_, index) => this.#known.get(`${index}/${at[index] ?? zero}`));
    const whole = all.filter((one) => one !== undefined);
    return whole.length === all.length ? sumCounts(whole) : undefined;
  }
}

/** The name of counters that were never there: of a module that was not loaded. */
const zero = 'none';

function looksOf(records: readonly CounterRecord[]): Look[] {
  return records.flatMap((one) => ('idle' in one ? one.idle : 'label' in one ? [one.before, one.after] : []));
}

/**
 * What the cases executed, by the counters that were read in their guests; as a sentence where nobody can tell.
 *
 * @param places `directory` is where {@link caseCounters} kept them
 * @throws InterruptedError
 */
export async function executedBy(
  places: { readonly directory: string; readonly counted: CountedBuild; readonly gcov: string },
  context: Pick<Context, 'signal'>,
): Promise<Executed | string> {
  const records = await readIndex(places.directory);
  const reader = new GcovReader(places, context);
  const looks = looksOf(records);
  for (const index of places.counted.sources.keys()) {
    const names = new Set(looks.map((one) => one[index] ?? zero));
    await reader.read(String(index), [...names]);
  }
  const known = new Map<string, CountsByFile | undefined>();
  const countsOf = (at: Look): CountsByFile | undefined => {
    const key = JSON.stringify(Object.entries(at));
    if (!known.has(key)) known.set(key, reader.countsOf(at));
    return known.get(key);
  };
  const [first, second] = records.flatMap((one) => ('idle' in one ? [one.idle.map(countsOf)] : [])).at(-1) ?? [];
  if (!first || !second) return 'the counters of an idle guest could not be read';
  const cases: CountedCase[] = [];
  const unread: string[] = [];
  for (const one of records) {
    if ('unread' in one) unread.push(one.unread);
    if (!('label' in one)) continue;
    const [before, after] = [countsOf(one.before), countsOf(one.after)];
    if (before && after) cases.push({ label: one.label, before, after });
    else unread.push(one.label);
  }
  const read = new Set(cases.map(({ label }) => label));
  const lost = unread.filter((label) => !read.has(label));
  return executedLines({ idle: [first, second], boot: bootName, cases, unread: lost });
}
