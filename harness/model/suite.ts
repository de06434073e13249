import type {
  CachePaths,
  CaseResult,
  CellRef,
  KselftestPlan,
  KunitPlan,
  MachineSettings,
  ProgramSuite,
} from './index.ts';

/** Name of the environment variable that tells a suite process where its {@link SuiteContext} is. */
export const contextVariable = 'QUILTBOOT_SUITE_CONTEXT';

/** `snapshot`: restored from the idle guest; `boot`: a cold boot of its own; `shared`: the suite's cases share one. */
export type Isolation = 'snapshot' | 'boot' | 'shared';

/** A feature of the series: the point that brings it, and whether this kernel has it. */
export interface FeatureState {
  readonly patch: number;
  readonly present: boolean;
}

/** What the test stage tells the process in which the suites run; a JSON file. */
export interface SuiteContext {
  readonly cell: CellRef;
  /** Name of the dialect that was asked for, for the record of a skip. */
  readonly dialect?: string;
  readonly features: Readonly<Record<string, FeatureState>>;
  /** Suites in order: absolute path of the file, the name that results carry, and the module of the dialect. */
  readonly suites: readonly { readonly file: string; readonly name: string; readonly dialect?: string }[];
  /** Programs that are suites, by their names; those of the suites above are there. */
  readonly programs?: Readonly<Record<string, ProgramSuite>>;
  /** What the kernel does for each suite that KUnit runs, by its word. */
  readonly kunit?: Readonly<Record<string, KunitPlan>>;
  /** The programs of each suite of kselftest, by its word. */
  readonly kselftest?: Readonly<Record<string, KselftestPlan>>;
  /** File that results are appended to, one JSON value a line. */
  readonly results: string;
  /** Kernel-log windows of the cases go here. */
  readonly logDirectory: string;
  /** How many guests may run at once. */
  readonly guests: number;
  /** Only cases whose key (see {@link caseKey}) is in the list; all when absent. */
  readonly only?: readonly string[];
  /** Only cases whose key contains this text, ignoring case. */
  readonly match?: string;
  /** Shuffles the cases when given. */
  readonly seed?: number;
  /** How often a case that passes is repeated in its guest, to see what it leaks; not at all when absent. */
  readonly leaks?: number;
  /** How many allocations of a case that passes fail at most, one by one; none when absent. */
  readonly faults?: number;
  /** Factor on every deadline: above 1 on slow machines. */
  readonly timeScale: number;
  /** Module whose `openGuests(request)` provides the guests, and what it is given. */
  readonly guestModule: string;
  readonly guestRequest: GuestRequest;
}

/** What a process is told that loads suites and runs none of their cases. */
export type InspectContext = Pick<SuiteContext, 'suites' | 'results'>;

/** A case as its suite declares it. */
export interface DeclaredCase {
  readonly suite: string;
  readonly name: string;
  /** Features without which it is skipped. */
  readonly needs: readonly string[];
}

/** Where the counters of guests go, and which of them. */
export interface CounterPlaces {
  /** Absolute. */
  readonly directory: string;
  /** The counters of each object, as the compiler named them: `/build/kernel/fork.gcda`. */
  readonly files: readonly string[];
}

/** What the guests of a suite process are made of. */
export interface GuestRequest {
  readonly kernel: {
    readonly image: string;
    readonly kernelVersion: string;
    readonly systemMap?: string;
    readonly vmlinux?: string;
  };
  readonly initramfs: string;
  /** Name of the target. */
  readonly target: string;
  readonly machine: MachineSettings;
  readonly cache: CachePaths;
  readonly guests: number;
  readonly fresh: boolean;
  /** The user vouches for the kernel: where there is no sandbox, its guests run without one. */
  readonly vouched: boolean;
  /** Counters of what cases execute; none are read when absent. */
  readonly counters?: CounterPlaces;
}

/** What a suite process says, in the order in which it happens. */
export type SuiteRecord =
  | { readonly type: 'loading'; readonly suite: string }
  | { readonly type: 'declare'; readonly suite: string; readonly name: string; readonly needs: readonly string[] }
  /** Every suite file was loaded; from here on each declared case gets an `end`. */
  | { readonly type: 'loaded' }
  | { readonly type: 'begin'; readonly suite: string; readonly name: string }
  | { readonly type: 'end'; readonly result: CaseResult }
  /** Something about the machine that the user should read. */
  | { readonly type: 'note'; readonly text: string }
  /** The process is able to work. */
  | { readonly type: 'alive' };

/** A suite that cannot be used at all has one result, in the name of its loading. */
export const loadingName = 'the suite loads';

/** What a kernel does outside of the cases has results in names of their own: while it boots, and while it shuts down. */
export const bootName = 'the guest boots';
export const endName = 'the guest shuts down';

/** What a guest does between two cases; `before` counts only at the beginning of its life. */
export function gapName(after: string | undefined, before?: string): string {
  return after === undefined ? `before "${before ?? ''}"` : `after "${after}"`;
}

/** Stands between a suite and a case. */
const between = ' › ';

/** Addresses a case: `tasks › the pids are sorted`. */
export function caseKey(suite: string, name: string): string {
  return `${suite}${between}${name}`;
}

/** The suite and the name of a case, out of its key. */
export function splitCaseKey(key: string): { readonly suite: string; readonly name: string } {
  const [suite = '', ...name] = key.split(between);
  return { suite, name: name.join(between) };
}

/** What names a case, and the times before and after it: to see what came then takes the case. */
export function keysOf({ suite, name }: Pick<DeclaredCase, 'suite' | 'name'>): string[] {
  return [name, gapName(name), gapName(undefined, name)].map((each) => caseKey(suite, each));
}

/** Whether a part of a name chooses a case, ignoring case; without one all are chosen. */
export function isMatched(each: Pick<DeclaredCase, 'suite' | 'name'>, match: string | undefined): boolean {
  return match === undefined || keysOf(each).some((key) => key.toLowerCase().includes(match.toLowerCase()));
}
