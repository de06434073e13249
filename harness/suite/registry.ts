import type { ExecutionContext } from 'ava';
import { type Guest, nearest } from '../model/index.ts';
import type { FeatureState, Isolation } from '../model/suite.ts';

/**
 * What a suite directory brings as `dialects/NAME.ts` (the default export): how one implementation calls things, and where
 * it is known to differ from what the suites expect. Suites that have one extend it with what they need.
 */
export interface Dialect {
  /** By name; a case that `differs` by it is skipped with this reason. */
  readonly differences?: Readonly<Partial<Record<string, string>>>;
}

/** What a case is handed beside ava's `t`. */
export interface CaseContext<D extends Dialect = Dialect> {
  /** A machine in a fresh state, closed when the case ends. */
  readonly guest: Guest;
  /** Name of the target: `x86_64`, `s390x` … */
  readonly target: string;
  /** The point of the series that the kernel was built at. */
  readonly point: number;
  /** Of the suite's directory; empty where it brings none. */
  readonly dialect: D;
  /** Features of the series by name. */
  readonly features: Readonly<Record<string, FeatureState>>;
  /** Whether this kernel has a feature. */
  readonly has: (feature: string) => boolean;
  /** Allows, and demands, a kernel-log report whose title or excerpt matches. */
  readonly expectSplat: (pattern: RegExp) => void;
  /** Allows, and demands, that the guest ends: that it is switched off or reboots. */
  readonly expectEnd: () => void;
  /** Ends the case as one that this guest cannot run; for what only the guest itself tells. */
  readonly skip: (reason: string) => never;
}

/** Thrown by {@link CaseContext.skip}. */
export class SkippedCase extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'SkippedCase';
  }
}

export type CaseBody<D extends Dialect = Dialect> = (
  t: ExecutionContext,
  context: CaseContext<D>,
) => Promise<void> | void;

export interface CaseOptions<Difference extends string = string> {
  /** Features without which the case is skipped, in addition to those of its suite. */
  readonly needs?: readonly string[];
  /** Differences of a dialect with which the case cannot hold; skipped there with the reason from the dialect's table. */
  readonly differs?: readonly Difference[];
  readonly isolation?: Isolation;
  /** Milliseconds until the case counts as hung; 60 s unless given. Slow machines get more. */
  readonly timeoutMs?: number;
}

export interface Case extends Required<Omit<CaseOptions, 'needs' | 'differs'>> {
  readonly suite: string;
  readonly name: string;
  readonly needs: readonly string[];
  readonly differs: readonly string[];
  readonly dialect: Dialect;
  readonly body: CaseBody;
}

const defaultTimeoutMs = 60_000;

/** Cases in the order of their declaration, by the suite that is being loaded. */
const declared: Case[] = [];
let current: { readonly suite: string; readonly dialect: Dialect } | undefined;

/** Says which suite the declarations that follow belong to, and in which dialect it speaks. */
export function enterSuite(suite: string, dialect: Dialect): void {
  current = { suite, dialect };
}

export function leaveSuite(): void {
  current = undefined;
}

export function declaredCases(): readonly Case[] {
  return declared;
}

const isolations = Object.keys({ snapshot: 0, boot: 0, shared: 0 } satisfies Record<Isolation, 0>);
const optionNames = Object.keys({ needs: 0, differs: 0, isolation: 0, timeoutMs: 0 } satisfies Record<
  keyof CaseOptions,
  0
>);

/** A suite need not be typed: an option that nobody reads would let a case run where it must not. */
function checkOptions(what: string, options: CaseOptions): void {
  for (const name of Object.keys(options)) mustBeOne(`${what}: there is no option`, name, optionNames);
  if (options.isolation !== undefined) mustBeOne(`${what}: there is no isolation`, options.isolation, isolations);
}

function mustBeOne(what: string, name: string, allowed: readonly string[]): void {
  if (allowed.includes(name)) return;
  const guess = nearest(name, allowed);
  throw new TypeError(
    `${what} "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`} (there are: ${allowed.join(', ')})`,
  );
}

/** Declares a case; called by suite files while they are loaded. */
export function declareCase(name: string, suiteOptions: CaseOptions, options: CaseOptions, body: CaseBody): void {
  if (current === undefined) {
    throw new Error(`the case "${name}" is declared outside of a run; run suites with: quiltboot test --suite FILE`);
  }
  if (typeof name !== 'string' || name.trim() === '') throw new TypeError('a case needs a name');
  if (typeof body !== 'function') throw new TypeError(`the case "${name}" has no function`);
  checkOptions(`the options of ${current.suite}`, suiteOptions);
  checkOptions(`the options of the case "${name}"`, options);
  const { suite, dialect } = current;
  if (declared.some((other) => other.suite === suite && other.name === name)) {
    throw new Error(`two cases are named "${name}"; a name must be the only one of its suite`);
  }
  declared.push({
    suite,
    name,
    needs: [...new Set([...(suiteOptions.needs ?? []), ...(options.needs ?? [])])],
    differs: [...(suiteOptions.differs ?? []), ...(options.differs ?? [])],
    isolation: options.isolation ?? suiteOptions.isolation ?? 'snapshot',
    timeoutMs: options.timeoutMs ?? suiteOptions.timeoutMs ?? defaultTimeoutMs,
    dialect,
    body,
  });
}
