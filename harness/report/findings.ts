import { type CaseResult, type Cell, type Finding, groupBy, type Run, type TargetDifference } from '../model/index.ts';
import { firstOf, pointWords, spanWords, subjectWords } from './words.ts';

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
  return run.cells.flatMap((cell) =>
    cell.cases.filter(({ tries }) => tries !== undefined && tries.failed < tries.runs).map((one) => ({ cell, one })),
  );
}

export function flakyLines(run: Run): string[] {
  const lines = flakyCases(run).map(({ cell, one }) => {
    const { runs = 0, failed = 0 } = one.tries ?? {};
    return `  ${cell.target} at ${pointWords(run, cell.point)}: ${subjectWords({ stage: 'test', ...one })}: failed ${failed} of ${runs} times`;
  });
  return lines.length === 0 ? [] : ['flaky, failed and passed on the same image:', ...firstOf(lines, 10)];
}
