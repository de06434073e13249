/** How a case went of which one allocation was made to fail; `refused`: a call said so, or nobody noticed. */
export const faultEnds = ['refused', 'crash', 'leak', 'hang', 'wrong'] as const;

export type FaultEnd = (typeof faultEnds)[number];

/** Those that a kernel is to blame for: the case fails. */
export const badFaultEnds: ReadonlySet<FaultEnd> = new Set(['crash', 'leak', 'hang']);

/** An allocation that failed without being refused cleanly. */
export interface FaultFinding {
  /** Which allocation of the case it was, from 1. */
  readonly nth: number;
  readonly end: Exclude<FaultEnd, 'refused'>;
  /** What came of it: the title of a report, or what the case says. */
  readonly what: string;
  /** The function in which it came to that. */
  readonly place?: string;
  /** The function that had asked for the memory. */
  readonly asked?: string;
}

/** What came of letting the allocations of a case fail, one in each run of it. */
export interface FaultSweep {
  readonly counts: Readonly<Record<FaultEnd, number>>;
  /** The first ones of each end. */
  readonly findings: readonly FaultFinding[];
  /** No more than so many failed, for no more were asked for; the case may make more. */
  readonly bound?: number;
  /** Why none failed, or not all, as a clause: what they would have shown is not known. */
  readonly unswept?: string;
  /** The machine is to blame for that: it is looked for again. */
  readonly machine?: true;
  /** The kernel cannot say what it has leaked. */
  readonly leaksUnknown?: true;
  /** When it began, in milliseconds of the host's clock, and how long it took. */
  readonly began: number;
  readonly ms: number;
}

/** A sweep in which nothing has failed; why not, where it is not to go on. */
export function noSweep(unswept?: string): FaultSweep {
  const counts = { refused: 0, crash: 0, leak: 0, hang: 0, wrong: 0 };
  return { counts, findings: [], began: 0, ms: 0, ...(unswept === undefined ? {} : { unswept }) };
}

/** How many allocations failed. */
export function countFaults({ counts }: Pick<FaultSweep, 'counts'>): number {
  return faultEnds.reduce((sum, end) => sum + counts[end], 0);
}

/** The counts of several sweeps together. */
export function sumFaults(sweeps: readonly Pick<FaultSweep, 'counts'>[]): Record<FaultEnd, number> {
  const sum = { ...noSweep().counts };
  for (const { counts } of sweeps) for (const end of faultEnds) sum[end] += counts[end];
  return sum;
}

/** Seconds in which at least one of the sweeps was under way: they run side by side. */
export function sweptSeconds(sweeps: readonly Pick<FaultSweep, 'began' | 'ms'>[]): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { began, ms } of [...sweeps].sort((one, other) => one.began - other.began)) {
    sum += Math.max(0, began + ms - Math.max(began, until));
    until = Math.max(until, began + ms);
  }
  return sum / 1000;
}

const endWords: Readonly<Record<FaultEnd, readonly [one: string, many: string]>> = {
  refused: ['refused cleanly', 'refused cleanly'],
  crash: ['crash', 'crashes'],
  leak: ['leak', 'leaks'],
  hang: ['hang', 'hangs'],
  wrong: ['wrong result', 'wrong results'],
};

/** `16 refused cleanly, 1 crash in css_alloc()`: places as far as they are known of all of an end. */
export function faultEndWords({ counts, findings }: Pick<FaultSweep, 'counts' | 'findings'>): string {
  const parts = faultEnds.flatMap((end) => {
    const count = counts[end];
    if (count === 0) return [];
    const places = findings.filter((one) => one.end === end).map(({ place }) => place);
    const known = [...new Set(places.filter((place) => place !== undefined))];
    const where = known.length === 0 ? '' : ` in ${known.map((name) => `${name}()`).join(', ')}`;
    return [`${count} ${endWords[end][count === 1 ? 0 : 1]}${where}`];
  });
  return parts.join(', ');
}

function failedWords(count: number, bound: number | undefined): string {
  const many = `${count} allocation${count === 1 ? '' : 's'}`;
  return `${bound === undefined ? many : `the first ${many}`} failed one by one`;
}

/** `17 allocations failed one by one: 16 refused cleanly, 1 crash in css_alloc()`, and what is not known. */
export function faultWords(sweep: FaultSweep): string {
  const { bound, unswept } = sweep;
  const count = countFaults(sweep);
  if (count === 0) return unswept === undefined ? 'no allocation to fail' : `allocations were not failed: ${unswept}`;
  const rest =
    unswept !== undefined
      ? `; the others did not: ${unswept}`
      : bound === undefined
        ? ''
        : `; no more than ${bound} were asked for`;
  return `${failedWords(count, bound)}: ${faultEndWords(sweep)}${rest}`;
}

/** `allocation 7, asked for in quilt_open(): crash: WARNING at kernel/quilt.c:55 in quilt_count` */
export function findingWords({ nth, end, what, asked }: FaultFinding): string {
  const by = asked === undefined ? '' : `, asked for in ${asked}()`;
  return `allocation ${nth}${by}: ${end === 'wrong' ? 'wrong result' : end}: ${what}`;
}
