import {
  type ApplyResult,
  type BootResult,
  type BuildResult,
  type CaseResult,
  type Cause,
  type Cell,
  type CellCoverage,
  type Compiled,
  type ConfigureResult,
  codeOf,
  defined,
  headlineCase,
  isGood,
  type KnownFailure,
  type KnownIssue,
  type OptionChange,
  type Outcome,
  type StageName,
  type SymbolChanges,
  type TestResult,
  unsweptReason,
  unusedFiles,
  whyUnmeasured,
} from '../model/index.ts';
import { sizeDifference } from './compare.ts';
import { knownEnd } from './known.ts';

/** Everything that became known about one point on one target; stages that did not run are absent. */
export interface CellParts {
  readonly point: number;
  readonly patch: string | null;
  readonly target: string;
  readonly apply: ApplyResult;
  readonly configure?: ConfigureResult;
  readonly build?: BuildResult;
  readonly boot?: BootResult;
  readonly test?: TestResult;
  /** The build that this one is compared with: the nearest earlier one of the run on the same target. */
  readonly previous?: {
    readonly point: number;
    readonly build: BuildResult;
    readonly config: readonly OptionChange[];
    readonly symbols?: SymbolChanges;
  };
  /** Which files of its patch the kernel was made with. */
  readonly compiled?: Compiled;
  /** What its cases executed of the series. */
  readonly coverage?: CellCoverage;
  /** A fault of the machine that ended the cell, and the stage it came in. */
  readonly fault?: { readonly stage: StageName; readonly cause: Cause };
  /** Why nothing was tried, for a cell that was left out. */
  readonly notRun?: string;
  /** How the base is built, where it is not in the run and was tried beside a failed build. */
  readonly baseBuild?: 'pass' | 'fail';
  /** Nothing boots its target. */
  readonly buildOnly?: true;
  /** Issues of the project that hold: what fails as they say is known. Cases were judged already. */
  readonly issues?: readonly KnownIssue[];
  /** Makes the command that repeats the cell; called for cells that did not pass. */
  readonly reproduce: (stage: StageName, failedCase?: CaseResult) => string;
  readonly logs: Readonly<Record<string, string>>;
}

type Stage = ApplyResult | ConfigureResult | BuildResult | BootResult | TestResult;

/** Joins the stages of a cell into the field of the matrix that stands for them. */
export function makeCell(parts: CellParts): Cell {
  const stages = [parts.apply, parts.configure, parts.build, parts.boot, parts.test].filter(
    (stage) => stage !== undefined,
  );
  const last: Stage = stages.at(-1) ?? parts.apply;
  const stage = parts.fault?.stage ?? last.stage;
  const known = knownOf(parts, last);
  const outcome = known ? 'known' : outcomeOf(parts, last);
  const cause = causeOf(parts, last);
  const cases = parts.test?.cases ?? [];
  const good = isGood(outcome);
  const left = parts.fault === undefined && (parts.notRun !== undefined || parts.apply.outcome === 'not-run');
  const blame = good || left ? null : (cause?.blame ?? 'kernel');
  return {
    point: parts.point,
    patch: parts.patch,
    target: parts.target,
    stage,
    outcome,
    ...defined({ buildOnly: parts.buildOnly, baseBuild: parts.baseBuild, known }),
    blame,
    code: codeOf({ stage, outcome, blame }),
    ms: stages.reduce((sum, one) => sum + one.ms, 0),
    reused: stages.every((one) => one.reused),
    ...defined({ taken: takenFrom(stages) }),
    cause:
      outcome === 'not-covered'
        ? (unmeasuredCause(parts) ?? uncoveredCause(parts))
        : good && outcome !== 'known'
          ? null
          : cause,
    reproduce: reproduceOf(parts, stage, outcome, headlineCase(cases)),
    warnings: parts.build?.warnings.length ?? 0,
    imageHash: parts.build?.imageHash ?? null,
    configHash: parts.configure?.configHash ?? null,
    size: parts.build?.size ?? null,
    ...defined({ compiled: parts.compiled, coverage: parts.coverage }),
    stages: Object.fromEntries(
      stages.map((one) => [one.stage, { outcome: one.outcome, ms: one.ms, reused: one.reused }] as const),
    ),
    cases: cases.map((one) => withReproduce(one, parts)),
    logs: parts.logs,
    ...(parts.build ? { diagnostics: diagnosticsOf(parts.build) } : {}),
    ...(parts.previous && parts.build ? { changes: changesOf(parts.previous, parts.build) } : {}),
  };
}

/** Who signed the results of a cell, where nothing of it was made here; several with commas. */
function takenFrom(stages: readonly Stage[]): string | undefined {
  const made = stages.filter((one) => one.stage !== 'apply');
  const by = made.map((one) => one.taken).filter((one) => one !== undefined);
  return by.length > 0 && made.every((one) => one.reused) ? [...new Set(by)].join(', ') : undefined;
}

function reproduceOf(
  parts: CellParts,
  stage: StageName,
  outcome: Outcome,
  headline: CaseResult | undefined,
): string | null {
  const { reproduce } = parts;
  if (outcome === 'not-covered') return reproduce(unmeasuredCause(parts) ? stage : 'build');
  if (outcome === 'known') return reproduce(stage, headline);
  return isGood(outcome) || outcome === 'not-run' ? null : reproduce(stage, headline);
}

/** Each failure with its own command: a report that tells of one alone must not name that of another. */
function withReproduce(one: CaseResult, { reproduce }: CellParts): CaseResult {
  const { outcome } = one;
  const fails = outcome === 'known' || !(isGood(outcome) || outcome === 'not-run');
  return fails ? { ...one, reproduce: reproduce('test', one) } : one;
}

/** Coverage or failed allocations were asked for, and nothing of it is known, or not all. */
function unmeasuredCause({ coverage, test }: CellParts): Cause | undefined {
  const why = coverage && whyUnmeasured(coverage);
  const unswept = unsweptReason({ cases: test?.cases ?? [] });
  const summary =
    why !== undefined
      ? `coverage was not measured: ${why}`
      : unswept !== undefined
        ? `allocations were not failed: ${unswept}`
        : undefined;
  return summary === undefined ? undefined : { blame: 'suite', summary, excerpt: [] };
}

/** Most files that are named. */
const mostFiles = 10;

function uncoveredCause(parts: CellParts): Cause {
  // A makefile that nobody used says less than the code that it is for.
  const unused = [...unusedFiles(parts)].sort((a, b) => Number(a.kind === 'kbuild') - Number(b.kind === 'kbuild'));
  const [first] = unused;
  const name = parts.patch ?? 'the patch';
  const more = unused.length > 1 ? ` and ${unused.length - 1} more` : '';
  const summary =
    first === undefined
      ? `${name} changes nothing that is compiled: ${(parts.compiled?.files ?? []).map(({ path }) => path).join(', ')}`
      : `${name} changes ${first.path}${more}, not compiled for ${parts.target}: ${first.reason ?? 'make left it out'}`;
  const excerpt = unused.length > 1 ? unused.map(({ path, reason }) => `${path}: ${reason ?? 'not compiled'}`) : [];
  return { blame: 'suite', summary, excerpt: excerpt.slice(0, mostFiles) };
}

function diagnosticsOf({ warnings, newWarnings, errors }: BuildResult): NonNullable<Cell['diagnostics']> {
  return { warnings, ...(newWarnings ? { fresh: newWarnings } : {}), errors };
}

function changesOf(
  { point, build, config, symbols }: NonNullable<CellParts['previous']>,
  { size }: BuildResult,
): NonNullable<Cell['changes']> {
  const difference = size && build.size && sizeDifference(build.size, size);
  return { since: point, ...defined({ size: difference, symbols }), config };
}

function outcomeOf(parts: CellParts, last: Stage): Outcome {
  if (parts.fault || parts.notRun !== undefined) return 'not-run';
  // Suites without a case end their stage as a skip; where there is no suite at all, there is no such stage.
  const isUncovered = parts.compiled?.covered === false || unmeasuredCause(parts) !== undefined;
  return isGood(last.outcome) && isUncovered ? 'not-covered' : last.outcome;
}

/** What the cell is known as where it ended before its cases; what cases are known as stands with them. */
function knownOf(parts: CellParts, last: Stage): KnownFailure | undefined {
  if (parts.fault || parts.notRun !== undefined || last.stage === 'test') return undefined;
  return knownEnd(last, parts.target, parts.issues ?? []);
}

function causeOf(parts: CellParts, last: Stage): Cause | null {
  if (parts.fault) return parts.fault.cause;
  if (parts.notRun !== undefined) return { blame: 'kernel', summary: parts.notRun, excerpt: [] };
  if (last.cause) return last.cause;
  if (last.stage !== 'test') return null;
  const first = headlineCase(last.cases);
  if (!first) return null;
  const alike = last.cases.filter(({ outcome }) =>
    first.outcome === 'known' ? outcome === 'known' : !isGood(outcome),
  );
  const more = alike.length > 1 ? ` (and ${alike.length - 1} more)` : '';
  return {
    blame: first.cause?.blame ?? 'kernel',
    summary: `${first.suite}: ${first.name}: ${first.cause?.summary ?? first.outcome}${more}`,
    excerpt: first.cause?.excerpt ?? [],
    ...(first.cause?.log === undefined ? {} : { log: first.cause.log }),
  };
}
