import {
  type AcceptedLines,
  type CaseResult,
  type CellCoverage,
  type CoveredDiff,
  countPatches,
  coverageSuite,
  defined,
  type Executed,
  type ExecutedLines,
  type FileCoverage,
  type LineCount,
  type NeedlessEntry,
  type PatchCoverage,
  percentage,
  percentWords,
  type Uncounted,
} from '../model/index.ts';
import { type AcceptedPlaces, entryWords } from './accepted.ts';

/** The parts of stretches that some lines have; those that need not be executed, with the reason. */
function within(
  stretches: readonly ExecutedLines[],
  wanted: ReadonlySet<number>,
  whyAccepted: (line: number) => string | undefined,
): ExecutedLines[] {
  const found: { from: number; to: number; by: readonly number[]; accepted?: string }[] = [];
  for (const { from, to, by } of stretches) {
    let isOpen = false;
    for (let line = from; line <= to; line += 1) {
      if (!wanted.has(line)) {
        isOpen = false;
        continue;
      }
      const last = found.at(-1);
      const accepted = by.length > 0 ? undefined : whyAccepted(line);
      if (isOpen && last?.accepted === accepted && last) last.to = line;
      else found.push({ from: line, to: line, by, ...defined({ accepted }) });
      isOpen = true;
    }
  }
  return found;
}

function whyUnknown(path: string, uncounted: readonly Uncounted[]): string {
  const told = uncounted.find((one) => one.path === path)?.reason;
  if (told !== undefined) return told;
  return path.endsWith('.h')
    ? 'no object that the series changes has code of it'
    : 'the compiler made no code of it that has counters';
}

/**
 * What was executed of the lines that each patch adds. Lines that a later patch took away or wrote again count for no
 * earlier one; files without counters are there with the reason.
 */
export function patchCoverage(
  diffs: readonly CoveredDiff[],
  executed: Executed,
  uncounted: readonly Uncounted[],
  { byFile }: Pick<AcceptedPlaces, 'byFile'> = { byFile: new Map() },
): PatchCoverage[] {
  const known = new Map(executed.files.map(({ path, lines }) => [path, lines]));
  return diffs.map(({ point, files }) => ({
    point,
    files: files.flatMap(({ path, hunks }): FileCoverage[] => {
      const wanted = new Set(hunks.flatMap(({ now }) => now.filter((line) => line > 0)));
      if (wanted.size === 0) return [];
      const lines = known.get(path);
      const unknown = lines === undefined ? whyUnknown(path, uncounted) : undefined;
      const accepted = byFile.get(path);
      const parts = within(lines ?? [], wanted, (line) => accepted?.get(line)?.why);
      return [{ path, lines: parts, added: wanted.size, ...defined({ unknown }) }];
    }),
  }));
}

/** What is accepted in vain, as clauses: lines that are gone, and lines with code all of which are executed. */
export function needlessEntries(
  accepted: readonly AcceptedLines[],
  { byFile, lost }: AcceptedPlaces,
  executed: Executed,
): NeedlessEntry[] {
  const known = new Map(executed.files.map(({ path, lines }) => [path, lines]));
  const told = (entry: AcceptedLines, why: string): NeedlessEntry[] => [
    { what: `${entryWords(entry)}: ${why}`, ...(entry.target !== undefined && { own: true }) },
  ];
  return accepted.flatMap((entry) => {
    if (lost.includes(entry)) return told(entry, 'no patch adds these lines');
    const all = known.get(entry.file);
    const mine = [...(byFile.get(entry.file) ?? [])].filter(([, one]) => one === entry).map(([line]) => line);
    const stretches = (all ?? []).filter(({ from, to }) => mine.some((line) => from <= line && line <= to));
    if (all === undefined || stretches.some(({ by }) => by.length === 0)) return [];
    return told(entry, stretches.length === 0 ? 'these lines have no code' : 'they are executed');
  });
}

/** New lines of code that was compiled without counters, or not at all; headers without code of their own are none. */
function unseenFiles(patches: readonly PatchCoverage[]): FileCoverage[] {
  return patches.flatMap(({ files }) =>
    files.filter(({ path, unknown }) => unknown !== undefined && path.endsWith('.c')),
  );
}

/**
 * Whether enough of the new lines was executed, as a case; undefined where nothing was measured. Lines of files that were
 * not measured count as not executed: leaving a file out of the kernel must not make a percentage better.
 */
export function coverageCase({ patches }: CellCoverage, target: string, failUnder: number): CaseResult | undefined {
  const measured = countPatches(patches);
  if (measured.lines === 0) return undefined;
  const unseen = unseenFiles(patches);
  const count: LineCount = { ...measured, lines: measured.lines + unseen.reduce((sum, { added }) => sum + added, 0) };
  const one = { suite: coverageSuite, name: `at least ${failUnder} % of the new lines are executed`, ms: 0 } as const;
  if ((percentage(count) ?? 0) >= failUnder) return { ...one, outcome: 'pass' };
  const summary = `${percentWords(count)} of the new lines executed on ${target} (${count.executed} of ${count.lines - count.accepted}), --fail-under ${failUnder}`;
  const excerpt = unseen.map(
    ({ path, added, unknown = '' }) => `${path}: its ${added} new lines count as not executed: ${unknown}`,
  );
  return { ...one, outcome: 'fail', cause: { blame: 'suite', summary, excerpt } };
}
