import { isGood, type Run } from '../model/index.ts';
import { baseWords } from './base.ts';
import { flakyCases } from './findings.ts';
import { knownLines } from './known.ts';
import { alsoLines, cellName, cellVerdict, countLine, failures, verdictWords } from './text.ts';
import { numberRanges, plural, pointWords, sandboxLine, subjectWords } from './words.ts';

/** What GitHub shows of one kind for one step; more are dropped without a word. */
const mostOfAKind = 10;

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

interface Annotation {
  readonly kind: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly text: string;
  /** In the repository that the workflow runs in. */
  readonly file?: string | undefined;
}

/** A workflow command, one line whatever is in it. */
function command({ kind, title, text, file }: Annotation): string {
  const place = file === undefined ? '' : `file=${escapeProperty(file)},line=1,`;
  return `::${kind} ${place}title=${escapeProperty(title)}::${escapeData(text)}`;
}

/** The patch that made a point, as a file of the repository. */
export function patchFile(run: Run, point: number): string | undefined {
  const file = run.series.patches[point - 1]?.file;
  return file?.startsWith('..') === true ? undefined : file;
}

/** All annotations up to the limit; one line says how many there are beyond it. */
function limited(annotations: readonly Annotation[], what: string): string[] {
  if (annotations.length <= mostOfAKind) return annotations.map(command);
  const shown = annotations.slice(0, mostOfAKind).map(command);
  const text = `${annotations.length - mostOfAKind} more ${what}; the summary and the reports have all of them`;
  return [...shown, command({ kind: 'notice', title: `and more ${what}`, text })];
}

/** Workflow commands for GitHub Actions: an error for each failure, a warning for each flaky case and for the machine's faults. */
export function renderGithub(run: Run): string {
  const all = failures(run).map(({ cell, sameAt }): Annotation => {
    const base = baseWords(run, cell);
    const lines = [
      cell.cause?.summary ?? '',
      ...(base === undefined ? [] : [`base: ${base}`]),
      ...(cell.cause?.excerpt.slice(0, 30) ?? []),
      ...alsoLines(cell),
      ...(sameAt.length > 0 ? [`the same at ${numberRanges(sameAt)}`] : []),
      ...(cell.reproduce === null ? [] : [`reproduce: ${cell.reproduce}`]),
    ];
    const kind = cell.blame === 'host' || isGood(cell.outcome) ? 'warning' : 'error';
    const title = `${cellName(cell)}: ${cellVerdict(cell)}`;
    return { kind, title, text: lines.join('\n'), file: patchFile(run, cell.point) };
  });
  const flaky = flakyCases(run).map(({ cell, one }): Annotation => {
    const text = `${cell.target} at ${pointWords(run, cell.point)}: failed ${one.tries?.failed ?? 0} of ${plural(one.tries?.runs ?? 0, 'time')}`;
    return { kind: 'warning', title: `flaky: ${subjectWords({ stage: 'test', ...one })}`, text };
  });
  const sandbox = sandboxLine(run);
  const [, ...known] = knownLines(run);
  const lines = [
    ...(sandbox === undefined ? [] : [command({ kind: 'warning', title: 'quiltboot: the sandbox', text: sandbox })]),
    ...limited(
      all.filter(({ kind }) => kind === 'error'),
      'failures',
    ),
    ...limited([...all.filter(({ kind }) => kind === 'warning'), ...flaky], 'warnings'),
    ...(known.length === 0
      ? []
      : [command({ kind: 'notice', title: 'known failures', text: known.map((line) => line.trim()).join('\n') })]),
    command({
      kind: run.verdict === 'untested' ? 'warning' : 'notice',
      title: `quiltboot: ${verdictWords(run)}`,
      text: countLine(run),
    }),
  ];
  return `${lines.join('\n')}\n`;
}
