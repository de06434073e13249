import {
  type CaseResult,
  type Cell,
  type Finding,
  groupBy,
  isFlaky,
  type Run,
  rateInterval,
  type TargetDifference,
  type Tries,
} from '../model/index.ts';
import { firstOf, plural, pointWords, spanWords, subjectWords } from './words.ts';

const mostSubjects = 5;
const mostGroups = 12;

function bits(run: Run, target: string | undefined): string {
  return `${run.machines?.[target ?? '']?.bits ?? '?'}-bit`;
}

/** What the targets that fail have in common, and the others not: `on big-endian only`. */
function differenceWords(run: Run, { kind, bad, good }: TargetDifference): string {
  const what =
    kind === 'endian'
      ? `${run.machines?.[bad[0] ?? '']?.endian ?? 'one'}-endian only`
      : kind === 'bits'
        ? `${bits(run, bad[0])} only`
        : kind === 'toolchain'
          ? `${run.machines?.[bad[0] ?? '']?.toolchain ?? 'one compiler'} only`
          : `${bad.join(', ')} only`;
  return `${what}: good on ${good.join(', ')}`;
}

/** The target difference that covers a finding's failing targets at the point where it begins. */
function differenceOf(
  differences: ReadonlyMap<string, readonly TargetDifference[]>,
  finding: Finding,
  targets: readonly string[],
): TargetDifference | undefined {
  const from = finding.spans[0]?.from ?? 0;
  return differences
    .get(subjectWords(finding))
    ?.find(
      (one) =>
        one.points.includes(from) && one.bad.length === targets.length && one.bad.every((bad) => targets.includes(bad)),
    );
}

/** Findings with the same story, in order: `broken by 3/10 (a.patch)` and what was. */
export interface Story {
  readonly title: string;
  /** Each with the targets in front. */
  readonly subjects: readonly string[];
  readonly findings: readonly Finding[];
}

/** Every finding, those with the same story together. */
export function stories(run: Run): Story[] {
  const differences = groupBy(run.differences ?? [], subjectWords);
  const title = (finding: Finding): string => finding.spans.map((span) => spanWords(run, span)).join('; then ');
  return [...groupBy(run.findings ?? [], title)].map(([words, findings]) => ({
    title: words,
    findings,
    subjects: [...groupBy(findings, subjectWords)].map(([subject, same]) => {
      const targets = same.map(({ target }) => target);
      const [first] = same;
      const difference = first && differenceOf(differences, first, targets);
      return `${targets.join(', ')}: ${subject}${difference ? ` (${differenceWords(run, difference)})` : ''}`;
    }),
  }));
}

/** Which patch broke and which fixed what; empty when nothing failed. */
export function findingLines(run: Run): string[] {
  const all = stories(run);
  if (all.length === 0) return [];
  const lines = all
    .slice(0, mostGroups)
    .flatMap(({ title, subjects }) => [`  ${title}`, ...firstOf(subjects, mostSubjects).map((line) => `    ${line}`)]);
  const more = all.length > mostGroups ? [`  and ${all.length - mostGroups} more, see report.html`] : [];
  return ['which patch did what:', ...lines, ...more];
}

/** Cases that failed and passed on the same image. */
export function flakyCases(run: Run): { readonly cell: Cell; readonly one: CaseResult }[] {
  return run.cells.flatMap((cell) => cell.cases.filter(isFlaky).map((one) => ({ cell, one })));
}

/** Those that pass all the same: no failure tells of them. */
export function passingFlakyCases({ cases }: Pick<Cell, 'cases'>): CaseResult[] {
  return cases.filter((one) => isFlaky(one) && one.outcome === 'pass');
}

/** `2 of 5 times (40 %, 95 % interval 12 to 77 %)` */
export function rateWords(tries: Tries): string {
  const percent = (rate: number): string => String(Math.round(rate * 100));
  const [low, high] = rateInterval(tries);
  const rate = `${percent(tries.failed / tries.runs)} %, 95 % interval ${percent(low)} to ${percent(high)} %`;
  return `${tries.failed} of ${tries.runs} times (${rate})`;
}

/** How often a case passed at earlier points of the run, and at which point it was flaky first. */
function sinceWords(run: Run, cell: Cell, one: CaseResult): string {
  const same = run.cells
    .filter(({ target, point }) => target === cell.target && point < cell.point)
    .flatMap(({ point, cases }) => {
      const found = cases.find(({ suite, name }) => suite === one.suite && name === one.name);
      return found && found.outcome !== 'skip' ? [{ point, found }] : [];
    });
  const before = same.find(({ found }) => isFlaky(found));
  if (before) return `; already at ${pointWords(run, before.point)}`;
  const tries = same.filter(({ found }) => found.outcome === 'pass').length;
  return tries === 0 ? '' : `; since ${pointWords(run, cell.point)}, never before in ${plural(tries, 'try', 'tries')}`;
}

/** `tasks: a pid moves: failed 1 of 5 times (20 %, …); since 2/3 (two.patch), never before in 4 tries` */
export function flakyWords(run: Run, cell: Cell, one: CaseResult): string {
  const rate = one.tries ? `: failed ${rateWords(one.tries)}` : '';
  return `${subjectWords({ stage: 'test', ...one })}${rate}${sinceWords(run, cell, one)}`;
}

export function flakyLines(run: Run): string[] {
  const lines = flakyCases(run).map(
    ({ cell, one }) => `  ${cell.target} at ${pointWords(run, cell.point)}: ${flakyWords(run, cell, one)}`,
  );
  return lines.length === 0 ? [] : ['flaky, failed and passed on the same image:', ...firstOf(lines, 10)];
}
