import {
  badFaultEnds,
  type CaseResult,
  type Cell,
  countFaults,
  type FaultSweep,
  faultEndWords,
  faultWords,
  findingWords,
  groupBy,
  type Run,
  sumFaults,
  sweptSeconds,
  unsweptReason,
} from '../model/index.ts';
import { firstOf, oneLine, plural } from './words.ts';

/** Most cases of one cell that are named, and most findings of one case. */
const most = { cases: 40, findings: 6 } as const;

type SweptCase = CaseResult & { readonly faults: FaultSweep };

function sweptCases({ cases }: Cell): SweptCase[] {
  return cases.filter((one): one is SweptCase => one.faults !== undefined);
}

/** `x86_64, point 13: 412 allocations of 24 cases failed one by one, 9.8 a second: 405 refused cleanly, 7 wrong results` */
function totalLine(cell: Cell, sweeps: readonly FaultSweep[]): string {
  const counts = sumFaults(sweeps);
  const findings = sweeps.flatMap((sweep) => sweep.findings);
  const count = countFaults({ counts });
  const where = `  ${cell.target}, point ${cell.point}`;
  if (count === 0) return `${where}: no allocation failed`;
  const seconds = sweptSeconds(sweeps);
  const rate = seconds > 0 ? `, ${(count / seconds).toFixed(1)} a second` : '';
  const many = sweeps.filter((sweep) => countFaults(sweep) > 0).length;
  return `${where}: ${plural(count, 'allocation')} of ${plural(many, 'case')} failed one by one${rate}: ${faultEndWords({ counts, findings })}`;
}

/** A case of which a reader wants to know more than the count. */
function caseLines({ suite, name, faults }: SweptCase): string[] {
  const isPlain = faults.findings.length === 0;
  if (isPlain && (faults.unswept === undefined || countFaults(faults) === 0)) return [];
  const findings = faults.findings.map((one) => `      ${oneLine(findingWords(one))}`);
  return [`    ${oneLine(`${suite}: ${name}`)}: ${oneLine(faultWords(faults))}`, ...firstOf(findings, most.findings)];
}

/** Reasons why no allocation of cases failed, each once. */
function unsweptLines(cases: readonly SweptCase[]): string[] {
  const none = cases.filter(({ faults }) => faults.unswept !== undefined && countFaults(faults) === 0);
  return [...groupBy(none, ({ faults }) => oneLine(faults.unswept ?? ''))].map(
    ([why, some]) => `    not failed in ${plural(some.length, 'case')}: ${why}`,
  );
}

/** Cases that may make more allocations than were asked for. */
function boundLines(cases: readonly SweptCase[]): string[] {
  const bounded = groupBy(
    cases.filter(({ faults }) => faults.bound !== undefined),
    ({ faults }) => faults.bound,
  );
  return [...bounded].map(
    ([bound, some]) => `    the first ${bound} alone in ${plural(some.length, 'case')}: no more were asked for`,
  );
}

function leakLines(cases: readonly SweptCase[]): string[] {
  const blind = cases.filter(({ faults }) => faults.leaksUnknown && countFaults(faults) > 0);
  return blind.length === 0
    ? []
    : [`    not known of ${plural(blind.length, 'case')} what they leaked then: the kernel has no kmemleak`];
}

/** What came of failed allocations, of each cell; nothing for a run that was not asked for them. */
export function faultLines(run: Run): string[] {
  const lines = run.cells.flatMap((cell) => {
    const cases = sweptCases(cell);
    if (cases.length === 0) return [];
    const bad = cases.filter(({ faults }) => faults.findings.some(({ end }) => badFaultEnds.has(end)));
    const others = cases.filter((one) => !bad.includes(one));
    return [
      totalLine(
        cell,
        cases.map(({ faults }) => faults),
      ),
      ...firstOf([...bad, ...others].flatMap(caseLines), most.cases),
      ...boundLines(cases),
      ...unsweptLines(cases),
      ...leakLines(cases),
    ];
  });
  return lines.length === 0 ? [] : ['failed allocations:', ...lines];
}

/** `allocations not failed on s390x: 3 of 20 cases: the case shares its guest`; the same reason of several targets once. */
export function unsweptWords(cells: readonly Cell[]): string[] {
  const silent = cells.filter((cell) => unsweptReason(cell) !== undefined);
  return [...groupBy(silent, (cell) => oneLine(unsweptReason(cell) ?? ''))].map(
    ([why, some]) => `allocations not failed on ${some.map(({ target }) => target).join(', ')}: ${why}`,
  );
}
