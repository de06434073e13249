import {
  type BootResult,
  type CaseResult,
  type Cause,
  type Cell,
  type CellRef,
  columnParts,
  defined,
  isFlaky,
  isGood,
  type KnownFailure,
  type KnownIssue,
  type KnownState,
  type Outcome,
  type TestResult,
  worstOutcome,
} from '../model/index.ts';

/** Whether an issue still counts as known at a moment (ISO 8601): its last day is one of them. */
function holds({ until }: KnownIssue, started: string): boolean {
  return until === undefined || started.slice(0, 10) <= until;
}

/** The issues of a project that hold at a moment, those without their day over. */
export function issuesAt(issues: readonly KnownIssue[], started: string): KnownIssue[] {
  return issues.filter((issue) => holds(issue, started));
}

function isFor({ target }: KnownIssue, name: string): boolean {
  return target === undefined || target === columnParts(name).target;
}

const patterns = new Map<string, RegExp>();

/** Whether the name of a case is one that a pattern stands for: `*` is any text. */
function fits(pattern: string, { suite, name }: Pick<CaseResult, 'suite' | 'name'>): boolean {
  let found = patterns.get(pattern);
  if (found === undefined) {
    const text = pattern.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&').replaceAll(/\*+/g, '.*');
    found = new RegExp(`^${text}$`, 's');
    patterns.set(pattern, found);
  }
  return found.test(`${suite}: ${name}`);
}

type Told = Pick<CaseResult, 'cause' | 'splats'>;

function says(title: string | undefined, { cause, splats = [] }: Told): boolean {
  if (title === undefined) return true;
  return [cause?.summary ?? '', ...splats.map((splat) => splat.title)].some((text) => text.includes(title));
}

function isBad(outcome: Outcome, cause: Pick<Cause, 'blame'> | null | undefined): boolean {
  return !isGood(outcome) && outcome !== 'not-run' && cause?.blame !== 'host' && cause?.blame !== 'user';
}

function isIssueOfCase(issue: KnownIssue, target: string, one: CaseResult): boolean {
  return isFor(issue, target) && (issue.case === undefined || fits(issue.case, one)) && says(issue.title, one);
}

function isIssueOfCell(issue: KnownIssue, target: string, told: Told): boolean {
  return issue.case === undefined && isFor(issue, target) && says(issue.title, told);
}

function failureOf({ why, until }: KnownIssue, was: Outcome): KnownFailure {
  return { was, why, ...defined({ until }) };
}

/** The case as it counts: one that fails as an issue says is known. @param issues those that hold */
export function judgeKnown(one: CaseResult, target: string, issues: readonly KnownIssue[]): CaseResult {
  if (!isBad(one.outcome, one.cause)) return one;
  const issue = issues.find((each) => isIssueOfCase(each, target, one));
  return issue === undefined ? one : { ...one, outcome: 'known', known: failureOf(issue, one.outcome) };
}

/** The result of a test stage with its cases as they count. @param issues those that hold */
export function withKnownCases(result: TestResult, target: string, issues: readonly KnownIssue[]): TestResult {
  const cases = result.cases.map((one) => judgeKnown(one, target, issues));
  if (cases.every((one, index) => one === result.cases[index])) return result;
  // It names the worst case and counts the others, which are fewer now: the cell makes another.
  const { stage, ms, reused } = result;
  return { stage, ms, reused, outcome: worstOutcome(cases), cases };
}

/** What a cell that ended before its cases is known as; undefined where it is not. @param issues those that hold */
export function knownEnd(
  {
    outcome,
    cause,
    splats,
  }: { readonly outcome: Outcome; readonly cause?: Cause } & Partial<Pick<BootResult, 'splats'>>,
  target: string,
  issues: readonly KnownIssue[],
): KnownFailure | undefined {
  if (!isBad(outcome, cause)) return undefined;
  const issue = issues.find((each) => isIssueOfCell(each, target, defined({ cause, splats })));
  return issue && failureOf(issue, outcome);
}

const none: Cause = { blame: 'kernel', summary: '', excerpt: [] };

interface Seen {
  readonly matched: boolean;
  readonly passed: boolean;
  readonly failed: boolean;
}

/** What one cell shows of an issue; undefined where it tells nothing. */
function seenIn(issue: KnownIssue, cell: Cell): Seen | undefined {
  if (!isFor(issue, cell.target)) return undefined;
  const about = cell.cases.filter((one) => issue.case === undefined || fits(issue.case, one));
  const ran = about.filter(({ outcome, cause }) => outcome === 'pass' || outcome === 'known' || isBad(outcome, cause));
  const failing = ran.filter((one) => one.outcome !== 'pass' || isFlaky(one));
  const end = { outcome: cell.known?.was ?? cell.outcome, cause: cell.cause };
  const ended = cell.cases.length === 0 && isBad(end.outcome, end.cause);
  if (ran.length === 0 && !ended) return undefined;
  return {
    matched:
      failing.some((one) => isIssueOfCase(issue, cell.target, one)) ||
      (ended && (cell.known?.why === issue.why || isIssueOfCell(issue, cell.target, { cause: cell.cause ?? none }))),
    passed: ran.length > 0,
    failed: failing.length > 0 || ended,
  };
}

/** What the cells of a run say of the issues that its project declared. */
export function knownStates(issues: readonly KnownIssue[], cells: readonly Cell[], started: string): KnownState[] {
  return issues.map((issue) => {
    const { case: name, title, target, until, why } = issue;
    const told = { ...defined({ case: name, title, target, until }), why };
    const seen = cells.flatMap((cell) => {
      const one = seenIn(issue, cell);
      return one === undefined ? [] : [{ cell, ...one }];
    });
    const refs = (list: typeof seen): CellRef[] => list.map(({ cell }) => ({ point: cell.point, target: cell.target }));
    const matched = seen.filter((one) => one.matched);
    if (matched.length > 0) {
      return { ...told, state: holds(issue, started) ? 'seen' : 'expired', cells: refs(matched) };
    }
    const passed = seen.filter((one) => one.passed);
    if (passed.length === 0 || seen.some((one) => one.failed)) return { ...told, state: 'idle', cells: [] };
    return { ...told, state: 'gone', cells: refs(passed) };
  });
}
