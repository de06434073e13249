import path from 'node:path';
import { readJson } from '../../host/files/read.ts';
import { appendNow, writeFileAtomic } from '../../host/files/write.ts';
import { type Emit, type Guest, type Splat, UserError } from '../../model/index.ts';
import type { GuestRequest, InspectContext, SuiteContext, SuiteRecord } from '../../model/suite.ts';
import { patienceBeyond } from '../guest/deadlines.ts';
import type { ShutDown } from '../guest/shut-down.ts';
import { symbolise } from '../guest/symbolise.ts';
import { hostBootTarget } from '../targets.ts';
import type { CaseCounters } from './case-counters.ts';

/** Where a suite process gets its guests from. */
export interface GuestSource {
  /** A guest in a fresh state. Rejects with HostError or {@link GuestGone} where none comes up. */
  acquire(isolation: 'snapshot' | 'boot'): Promise<Guest>;
  /** How many times slower than usual its guests are; 1 before the first one is there. */
  readonly slowness?: number;
  /** Reports that came while a guest booted that no stage has looked at. */
  readonly bootSplats?: readonly Splat[];
  /** Memory that a guest has leaked since it was handed out, as reports, where its kernel can tell; undefined: unknown. */
  findLeaks?(guest: Guest): Promise<readonly Splat[] | undefined>;
  /** Whether its kernel can tell what it has leaked, as far as that was asked. */
  knowsLeaks?(): boolean;
  /** Keeps what each case executes; absent where the kernel does not count, or nobody asked. */
  readonly counters?: CaseCounters;
  /** Shuts one guest down in order; resolves with what it said then. Undefined where no guest has come up. */
  shutDown?(): Promise<ShutDown | undefined>;
  /** Ends every guest. */
  close(): Promise<void>;
}

/** What a guest module is handed beside its request. */
export interface GuestSurroundings {
  /** For notes; nothing else is passed on. */
  readonly emit: Emit;
  /** A directory that goes when the suites have ended. */
  readonly scratch: string;
}

/** What a suite process may do to the world outside. */
export interface SuiteServices {
  readonly context: SuiteContext;
  readonly guests: GuestSource;
  record(record: SuiteRecord): void;
  /** What to wait beyond a case's deadline of `ms` that has just passed, in milliseconds. */
  patienceBeyond(ms: number): number;
  /** Names the lines of the reports' call traces, where the kernel has debug information. */
  symbolise(splats: readonly Splat[]): Promise<readonly Splat[]>;
  /** Keeps a case's kernel log; resolves with the file, relative to the log directory. */
  writeLog(suite: string, name: string, lines: readonly string[]): Promise<string>;
}

interface GuestModule {
  readonly openGuests: (request: GuestRequest, surroundings: GuestSurroundings) => GuestSource | Promise<GuestSource>;
}

/** The guests that a context asks for, from wherever it says. Nothing is started before it is needed. */
export async function openContextGuests(
  { guestModule, guestRequest }: Pick<SuiteContext, 'guestModule' | 'guestRequest'>,
  surroundings: GuestSurroundings,
): Promise<GuestSource> {
  const module = (await import(guestModule)) as GuestModule;
  return await module.openGuests(guestRequest, surroundings);
}

/** File name for a case: its words, cut where file systems want it. */
function caseFileName(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return words.slice(0, 100) || 'case';
}

async function readContext<T>(contextFile: string): Promise<T> {
  const refuse = (cause?: unknown): never => {
    throw new UserError(`cannot read the suite context ${contextFile}`, {
      hint: 'run suites with: quiltboot test --suite FILE',
      cause,
    });
  };
  // The program wrote it for this process a moment ago, of one type.
  return ((await readJson(contextFile).catch(refuse)) ?? refuse()) as T;
}

function recorder(results: string): (record: SuiteRecord) => void {
  return (what) => appendNow(results, `${JSON.stringify(what)}\n`);
}

/** What a process needs that loads suites and runs none of their cases. */
export interface InspectServices {
  readonly context: InspectContext;
  record(record: SuiteRecord): void;
}

/** Opens what was prepared for a process that only loads suites. */
export async function openInspectServices(contextFile: string): Promise<InspectServices> {
  const context = await readContext<InspectContext>(contextFile);
  return { context, record: recorder(context.results) };
}

/** Opens what the test stage prepared for this process. */
export async function openSuiteServices(contextFile: string): Promise<SuiteServices> {
  const context = await readContext<SuiteContext>(contextFile);
  const record = recorder(context.results);
  const emit: Emit = (event) => {
    if (event.type === 'note') record({ type: 'note', text: event.text });
  };
  return {
    context,
    guests: await openContextGuests(context, { emit, scratch: path.dirname(context.results) }),
    record,
    patienceBeyond,
    symbolise: (splats) => symbolise(splats, context.guestRequest.kernel, hostBootTarget(context.guestRequest.target)),
    async writeLog(suite, name, lines) {
      const file = path.join(suite, `${caseFileName(name)}.log`);
      await writeFileAtomic(path.join(context.logDirectory, file), `${lines.join('\n')}\n`);
      return file;
    },
  };
}
