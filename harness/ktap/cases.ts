import type { KtapCase, KtapProblem, KtapReading, KtapReport, Outcome } from '../model/index.ts';
import type { KtapTree } from './reader.ts';
import type { Level, Node, StreamFault } from './tree.ts';

/** How the output ended. `whole`: whoever printed it came to an end of its own. */
type KtapEnding = 'whole' | 'crash' | 'timeout' | 'unknown';

export interface KtapEnd {
  readonly ending: KtapEnding;
  readonly reports?: readonly KtapReport[];
}

const plain: Readonly<Record<NonNullable<Node['directive']>, (node: Node) => Pick<KtapCase, 'outcome' | 'summary'>>> = {
  skip: ({ reason }) => ({ outcome: 'skip', summary: reason || 'skipped, without a reason' }),
  todo: ({ ok, reason }) => (ok ? { outcome: 'pass' } : known('is known to be broken', reason)),
  xfail: ({ reason }) => known('is expected to fail', reason),
  timeout: ({ reason }) => ({ outcome: 'timeout', summary: `says that it timed out${behind(reason)}` }),
  error: ({ reason }) => ({ outcome: 'fail', summary: `could not be run${behind(reason)}` }),
};

function behind(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}

/** What must fail says nothing about the kernel: no failure, but no pass either. */
function known(what: string, reason: string): Pick<KtapCase, 'outcome' | 'summary'> {
  return { outcome: 'skip', summary: `${what}${behind(reason)}` };
}

/** The one line among the remarks of a failed test that says why. */
function complaint({ reason, remarks }: Node): string {
  const said = remarks.map((line) => line.trim()).filter((line) => line.startsWith('#'));
  const unmet = said.findLast((line) => /(?:EXPECTATION|ASSERTION) FAILED/.test(line));
  const found = unmet ?? said.at(-1);
  return reason || found?.replace(/^#\s*/, '') || 'not ok';
}

function ownOutcome(node: Node): Pick<KtapCase, 'outcome' | 'summary'> {
  if (node.directive) return plain[node.directive](node);
  return node.ok ? { outcome: 'pass' } : { outcome: 'fail', summary: complaint(node) };
}

const bad: ReadonlySet<Outcome> = new Set(['fail', 'crash', 'timeout', 'not-run']);

const isBad = ({ outcome }: KtapCase): boolean => bad.has(outcome);

/** Whether it is a test of the stream, be it one without a result. */
const isTest = ({ problem }: KtapCase): boolean => problem === undefined || problem === 'missing';

/** What becomes of the test in which the output ended, and of those that were to come. */
const cut: Readonly<Record<KtapEnding, { readonly outcome: Outcome; readonly summary: string }>> = {
  whole: { outcome: 'fail', summary: 'is planned, but has no result' },
  unknown: { outcome: 'fail', summary: 'has no result: the output ends before it' },
  crash: { outcome: 'crash', summary: 'has no result: the kernel crashed before it' },
  timeout: { outcome: 'timeout', summary: 'has no result: the time ran out before it' },
};

class Collector {
  readonly cases: KtapCase[] = [];
  private readonly end: KtapEnd;
  private readonly tree: KtapTree;
  /** Whether the test in which the output ended has been told. */
  private told = false;

  constructor(tree: KtapTree, end: KtapEnd) {
    this.tree = tree;
    this.end = end;
  }

  private problem(path: readonly string[], problem: KtapProblem, line: number, summary: string): void {
    this.cases.push({ path, outcome: 'fail', summary, line, remarks: [], problem });
  }

  private faults(path: readonly string[], faults: readonly StreamFault[]): void {
    for (const { kind, line, text } of faults) this.problem(path, kind, line, text);
  }

  node(parent: readonly string[], node: Node): void {
    const path = [...parent, node.name];
    const own = ownOutcome(node);
    const { children, line, remarks } = node;
    const one = { path, ...own, line, remarks };
    if (!children) {
      this.cases.push(one);
      return;
    }
    const before = this.cases.length;
    this.level(path, children, false);
    const inner = this.cases.slice(before);
    const failed = inner.filter(isBad).length;
    const tests = inner.filter((each) => isBad(each) && isTest(each)).length;
    if (inner.length === 0 && own.outcome === 'skip') this.cases.push(one);
    else if (tests > 0 && own.outcome === 'pass') {
      const summary = `says ok, though ${tests} of the tests in it ${tests === 1 ? 'does' : 'do'} not pass`;
      this.problem(path, 'contradiction', line, summary);
    } else if (failed === 0 && bad.has(own.outcome)) {
      this.cases.push({ ...one, group: true, summary: own.summary ?? 'not ok' });
    } else if (own.outcome === 'timeout') this.cases.push({ ...one, group: true });
  }

  /** `open`: its end was not seen, for nothing that came after closed it. */
  level(path: readonly string[], level: Level, open: boolean): void {
    const { nodes, plan } = level;
    for (const node of nodes) this.node(path, node);
    const inner = open ? this.openBelow(level) : undefined;
    const name = inner?.name ?? `${nodes.length + 1}`;
    if (inner) this.level([...path, name], inner, true);
    this.faults(path, level.faults);
    const found = nodes.length + (inner ? 1 : 0);
    if (plan && found > plan.count) {
      this.problem(path, 'over', plan.line, `planned ${plan.count} tests, and has results of ${found}`);
    }
    if (plan?.skip !== undefined) {
      const summary = plan.skip || 'skipped, without a reason';
      this.cases.push({ path, outcome: 'skip', summary, line: plan.line, remarks: [] });
      return;
    }
    if (found === 0 && (plan?.count ?? 0) === 0) this.empty(path, level, open);
    if (inner && !this.told) this.missing(path, found, found, { open, name });
    if (plan && found < plan.count) this.missing(path, found + 1, plan.count, { open });
    else if (!plan && !inner && found > 0 && open && this.end.ending !== 'whole') this.planless(path, level);
  }

  private openBelow(level: Level): Level | undefined {
    const at = this.tree.open.indexOf(level);
    return at < 0 ? undefined : this.tree.open[at + 1];
  }

  private empty(path: readonly string[], level: Level, open: boolean): void {
    if (open && this.end.ending !== 'whole' && !level.plan) {
      this.planless(path, level);
    } else if (level.faults.length === 0) this.problem(path, 'empty', level.line, 'no test was run in it');
  }

  /** Nobody knows how many tests there were to be, and nobody has said that these were all. */
  private planless(path: readonly string[], level: Level): void {
    const { ending } = this.end;
    if (ending === 'unknown' && this.tree.open.length === 1) {
      const summary = 'there is no plan (1..N), so it is unknown whether every test was run';
      this.problem(path, 'no-plan', level.line, summary);
    } else if (!this.told) this.missing(path, level.nodes.length + 1, level.nodes.length + 1, { open: true });
  }

  /** Tests from one number to another that have no result. */
  private missing(
    path: readonly string[],
    first: number,
    last: number,
    { open, name: known }: { readonly open: boolean; readonly name?: string },
  ): void {
    const { ending } = this.end;
    const { rest, lines } = this.tree;
    const isEnd = open && ending !== 'whole' && !this.told;
    let from = first;
    if (isEnd) {
      this.told = true;
      const name = known ?? `test ${first}`;
      this.cases.push({
        path: [...path, name],
        ...cut[ending],
        line: lines,
        remarks: rest.remarks,
        problem: 'missing',
      });
      from += 1;
    }
    if (from > last) return;
    const name = known ?? (from === last ? `test ${from}` : `tests ${from} to ${last}`);
    const later = open && this.told;
    this.cases.push({
      path: [...path, name],
      ...(later ? ({ outcome: 'not-run', summary: 'was not reached' } as const) : cut.whole),
      ...{ line: lines, remarks: [], problem: 'missing', tests: last - from + 1 },
    });
  }
}

/** Makes reports of the kernel the results of the tests in whose output they stand. */
function withReports(
  cases: readonly KtapCase[],
  windows: ReadonlyMap<number, number>,
  reports: readonly KtapReport[],
): KtapReading {
  const outside: KtapReport[] = [];
  const crashed = new Map<KtapCase, KtapReport[]>();
  for (const report of reports) {
    const hit = cases.find((one) => {
      const { line, group } = one;
      if (group || !isTest(one) || one.outcome === 'not-run') return false;
      return report.line <= line && report.line >= (windows.get(line) ?? line);
    });
    if (hit) crashed.set(hit, [...(crashed.get(hit) ?? []), report]);
    else outside.push(report);
  }
  const made = cases.map((one): KtapCase => {
    const own = crashed.get(one) ?? [];
    const [first] = own;
    if (!first) return one;
    const more = own.length > 1 ? ` (and ${own.length - 1} more)` : '';
    return { ...one, outcome: 'crash', summary: `${first.title}${more}`, reports: own };
  });
  return { cases: made, outside };
}

/** First lines of the windows of results, by the lines of these. */
function windowsOf(tree: KtapTree): Map<number, number> {
  const windows = new Map<number, number>([[tree.lines, tree.rest.from]]);
  const visit = (level: Level): void => {
    for (const node of level.nodes) {
      windows.set(node.line, node.from);
      if (node.children) visit(node.children);
    }
  };
  for (const level of [...tree.streams, ...tree.open]) visit(level);
  return windows;
}

/** Counts tests by their outcomes. */
export function countTests(cases: readonly KtapCase[]): Partial<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {};
  for (const { outcome, tests = 1 } of cases.filter((one) => isTest(one) && one.group === undefined)) {
    counts[outcome] = (counts[outcome] ?? 0) + tests;
  }
  return counts;
}

/** Whether something passed, and nothing else did than to pass or to be skipped. */
export function allPass(cases: readonly KtapCase[]): boolean {
  return cases.some(({ outcome }) => outcome === 'pass') && !cases.some(isBad);
}

/** Gives every case a path that no other case has. */
function distinct(cases: readonly KtapCase[]): KtapCase[] {
  const seen = new Map<string, number>();
  return cases.map((one) => {
    if (!isTest(one)) return one;
    const key = one.path.join('\n');
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count === 1) return one;
    const name = `${one.path.at(-1) ?? ''} (again, ${count})`;
    return { ...one, path: [...one.path.slice(0, -1), name] };
  });
}

/**
 * The tests of a tree, each with its outcome. Nothing passes by absence: what was planned and has no result, and what
 * the stream contradicts, is a case of its own.
 */
export function ktapCases(tree: KtapTree, end: KtapEnd): KtapReading {
  const collector = new Collector(tree, end);
  const { streams } = tree;
  const [last] = streams.slice(-1);
  for (const stream of streams.slice(0, -1)) collector.level([], stream, false);
  if (last) collector.level([], last, true);
  else {
    const summary = 'it contains neither KTAP nor TAP';
    collector.cases.push({ path: [], ...cut[end.ending], summary, line: tree.lines, remarks: [], problem: 'no-tests' });
  }
  return withReports(distinct(collector.cases), windowsOf(tree), end.reports ?? []);
}
