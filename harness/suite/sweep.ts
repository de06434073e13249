import type { ExecutionContext } from 'ava';
import { CaseOutput } from '../guest/case-output.ts';
import { judgeFault, newRefusals, whyNoFaults, withFault, withoutForced } from '../guest/faults.ts';
import { askedBy, saysForced } from '../guest/log/index.ts';
import {
  badFaultEnds,
  type Cause,
  defined,
  type FaultFinding,
  type FaultSweep,
  faultWords,
  findingWords,
  noSweep,
  type Splat,
} from '../model/index.ts';
import type { SuiteServices } from '../pipeline/suite/services.ts';
import { type Attempt, attempt, decide, type SeenCase } from './attempt.ts';
import type { GuestPool } from './pool.ts';
import type { Case } from './registry.ts';
import type { RefusedCall } from './track.ts';

/** Tries of one allocation that the machine may fail. */
const patience = 3;
/** Tries that may hang: each takes all the time that a case has. */
const mostHangs = 3;
const longestExcerpt = 60;

/** What came of a sweep; the cause and the reports of the first failure that the kernel is to blame for. */
export interface Swept {
  readonly sweep: FaultSweep;
  readonly cause?: Cause;
  readonly splats?: readonly Splat[];
}

interface Ran {
  readonly seen: SeenCase;
  readonly made: Attempt;
}

/** One run in which an allocation was to fail, or why there was none. */
type Tried = Ran | (Pick<Required<FaultSweep>, 'unswept'> & Pick<FaultSweep, 'machine'>);

interface SweepParts {
  readonly t: ExecutionContext;
  readonly each: Case;
  /** Absolute path of the suite file. */
  readonly file: string;
  readonly services: SuiteServices;
  readonly pool: GuestPool;
  /** What was refused when nothing was made to fail. */
  readonly refused: readonly RefusedCall[];
  readonly leaksUnknown: boolean;
}

async function tryOne({ t, each, file, services, pool }: SweepParts, nth: number, isTraced: boolean): Promise<Tried> {
  let why = '';
  for (let tries = 0; tries < patience; tries += 1) {
    try {
      const { value, rest } = await pool.withGuest(each, async (life): Promise<SeenCase | string> => {
        const { faults } = life.guest;
        if (!faults) return 'these guests cannot do it';
        const reply = await faults.start(nth, isTraced);
        const unable = whyNoFaults(reply, services.context.guestRequest.kernel.kernelVersion);
        return unable ?? (await attempt(t, each, file, life, services, { output: new CaseOutput(), faults }));
      });
      if (typeof value === 'string') return { unswept: value };
      const made = await decide(value, rest, services, withoutForced);
      if (made.verdict.cause?.blame !== 'host') return { seen: value, made };
      why = made.verdict.cause.summary;
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
  }
  return { unswept: `the machine failed its guests: ${why}`, machine: true };
}

/** What a run says in which no allocation failed: that is the end of a sweep, unless it cannot be one. */
function atEnd({ seen, made }: Ran): string | undefined {
  const { verdict } = made;
  if (seen.fault?.lost) return 'a process ended while its allocations were counted';
  if (verdict.outcome !== 'pass')
    return `the case does not pass again though none fails: ${verdict.cause?.summary ?? verdict.outcome}`;
  if (seen.fault?.unarmed) return 'it has a process that does not see its /proc, whose allocations are not counted';
  return undefined;
}

/**
 * Runs a case that passes again and again, each time in a fresh guest in which the next allocation of its calls fails, until
 * none does or no more were asked for.
 *
 * @param most allocations that fail
 */
export async function sweepCase(parts: SweepParts, most: number): Promise<Swept> {
  const { each } = parts;
  const began = Date.now();
  let sweep: FaultSweep = { ...noSweep(), began, ...(parts.leaksUnknown && { leaksUnknown: true }) };
  let first: Pick<Swept, 'cause' | 'splats'> = {};
  const done = (more: Pick<FaultSweep, 'bound' | 'unswept' | 'machine'> = {}): Swept => {
    const all = { ...sweep, ...more, ms: Date.now() - began };
    return { sweep: all, ...(first.cause && { ...first, cause: causeOf(all, first.cause) }) };
  };
  if (each.isolation === 'shared') return done({ unswept: 'the case shares its guest' });
  for (let nth = 1; nth <= most; nth += 1) {
    const tried = await tryOne(parts, nth, false);
    if ('unswept' in tried) return done(tried);
    const { seen, made } = tried;
    // Of a guest that cannot be asked any more it is taken for granted.
    const { failed, lost } = seen.fault ?? { failed: true, lost: false };
    if (!failed && !(lost && saysForced(made.lines))) return done(defined({ unswept: atEnd(tried) }));
    const judged = judge(parts, nth, tried);
    const told = judged && (await traced(parts, { found: judged, made }));
    sweep = withFault(sweep, told?.found);
    if (told && first.cause === undefined && badFaultEnds.has(told.found.end)) first = await evidence(parts, told);
    if (sweep.counts.hang >= mostHangs) return done({ unswept: `${mostHangs} runs did not end` });
  }
  return done({ bound: most });
}

function judge(parts: SweepParts, nth: number, { seen, made }: Ran): FaultFinding | undefined {
  const refused = newRefusals(seen.refused, parts.refused);
  return judgeFault({ nth, ...made, refused, ...defined({ asked: askedBy(made.lines) }) });
}

/** A finding, and the run that showed it. */
interface Told {
  readonly found: FaultFinding;
  readonly made: Attempt;
}

/**
 * The same finding with the function that asked for the memory. The kernel says that in a trace, which takes a part of the time
 * of a run to print, so there is none until there is something to tell.
 */
async function traced(parts: SweepParts, told: Told): Promise<Told> {
  const { nth, end } = told.found;
  if (end === 'hang') return told;
  const again = await tryOne(parts, nth, true);
  const found = 'unswept' in again ? undefined : judge(parts, nth, again);
  return found?.end === end && 'made' in again ? { found, made: again.made } : told;
}

/** Keeps the log of a failure that the kernel is to blame for. */
async function evidence(
  { each, services }: Pick<SweepParts, 'each' | 'services'>,
  { found: { nth }, made: { verdict, splats, lines } }: Told,
): Promise<Pick<Swept, 'cause' | 'splats'>> {
  const { suite, name } = each;
  const log = lines.length === 0 ? undefined : await services.writeLog(suite, `${name} allocation ${nth}`, lines);
  const excerpt = verdict.cause?.excerpt ?? [];
  return { cause: { blame: 'kernel', summary: '', excerpt, ...defined({ log }) }, splats };
}

function causeOf(sweep: FaultSweep, cause: Cause): Cause {
  const bad = sweep.findings.filter(({ end }) => badFaultEnds.has(end)).map(findingWords);
  return { ...cause, summary: faultWords(sweep), excerpt: [...bad, ...cause.excerpt].slice(0, longestExcerpt) };
}
