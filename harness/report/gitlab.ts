import { createHash } from 'node:crypto';
import { type Cause, type Cell, type Diagnostic, isGood, type Run } from '../model/index.ts';
import { flakyWords, passingFlakyCases } from './findings.ts';
import { patchFile } from './github.ts';
import { codeBlock } from './markdown.ts';
import { cellName, cellVerdict, failures, verdictWords } from './text.ts';
import { oneLine, sandboxLine, subjectWords } from './words.ts';

/** One entry of GitLab's code quality report. */
interface Issue {
  readonly description: string;
  /** What is known of it besides, as Markdown: GitLab shows it nowhere yet, other readers of the format do. */
  readonly content?: { readonly body: string };
  readonly check_name: string;
  /** Equal for the same problem in another run: GitLab tells new from known by it. */
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

/** Lines of a difference that fit into a sentence, and of an excerpt below it. */
const mostDifferent = 4;
const mostLines = 30;

const severities = {
  crash: 'blocker',
  timeout: 'critical',
  fail: 'critical',
  'not-run': 'info',
  pass: 'info',
  known: 'info',
  skip: 'info',
  'not-covered': 'major',
} as const;

/** What a case's cause and command say besides its sentence. */
type Evidence = { readonly cause?: Cause | null | undefined; readonly reproduce?: string | null };

/** GitLab shows one line of an entry: the lines in which two values differ go there. */
function difference({ cause }: Evidence): string {
  const lines = (cause?.excerpt ?? []).filter((line) => /^[-+] /.test(line)).slice(0, mostDifferent);
  return lines.length === 0 ? '' : ` (${lines.map((line) => line.trimEnd()).join(', ')})`;
}

function bodyOf({ cause, reproduce }: Evidence): string {
  const blocks = [cause?.excerpt.slice(0, mostLines) ?? [], reproduce ? [`reproduce: ${reproduce}`] : []];
  return blocks
    .filter((lines) => lines.length > 0)
    .flatMap(codeBlock)
    .join('\n');
}

function issue(
  run: Run,
  cell: Cell,
  check: string,
  severity: Issue['severity'],
  text: string,
  what: string,
  evidence: Evidence = {},
): Issue {
  const body = bodyOf(evidence);
  const content = [run.series.name, cell.patch, cell.target, check, what];
  return {
    description: oneLine(`${cellName(cell)}: ${text}${difference(evidence)}`),
    ...(body === '' ? {} : { content: { body } }),
    check_name: `quiltboot/${check}`,
    fingerprint: createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32),
    severity,
    // GitLab drops an entry without a place; the base's problems belong to no patch.
    location: { path: patchFile(run, cell.point) ?? 'quiltboot.yaml', lines: { begin: 1 } },
  };
}

function diagnosticWords({ file, line, message }: Diagnostic): string {
  return `${file ?? ''}${line === undefined ? '' : `:${line}`}${file === undefined ? '' : ': '}${message}`;
}

function issuesOf(run: Run, cell: Cell): Issue[] {
  const bad = cell.cases.filter((one) => !isGood(one.outcome) && one.cause?.blame !== 'host');
  const cases = bad.map((one) => {
    const words = subjectWords({ stage: 'test', ...one });
    return issue(
      run,
      cell,
      one.suite,
      severities[one.outcome],
      `${words}: ${one.cause?.summary ?? one.outcome}`,
      one.name,
      { cause: one.cause, reproduce: one.reproduce ?? cell.reproduce },
    );
  });
  const told = cell.diagnostics ? [...cell.diagnostics.errors, ...(cell.diagnostics.fresh ?? [])] : [];
  const diagnostics = told.map((one) =>
    issue(
      run,
      cell,
      one.option ?? `build-${one.severity}`,
      one.severity === 'error' ? 'critical' : 'major',
      diagnosticWords(one),
      // Without the line, which moves with every other change.
      `${one.file ?? ''}: ${one.message}`,
    ),
  );
  if (cases.length + diagnostics.length > 0) return [...cases, ...diagnostics];
  const severity = cell.blame === 'host' ? 'info' : severities[cell.outcome];
  return [issue(run, cell, cell.stage, severity, `${cellVerdict(cell)}: ${cell.cause?.summary ?? ''}`, '', cell)];
}

/** What failed as the project file knows: shown, and never among what is new. */
function knownIssues(run: Run, cell: Cell): Issue[] {
  const words = (what: string, why: string): string => `known: ${what}: ${why}`;
  const cases = cell.cases.flatMap((one) =>
    one.known === undefined
      ? []
      : [issue(run, cell, one.suite, 'info', words(subjectWords({ stage: 'test', ...one }), one.known.why), one.name)],
  );
  const { known, stage } = cell;
  return known ? [...cases, issue(run, cell, stage, 'info', words(cell.cause?.summary ?? '', known.why), '')] : cases;
}

/** Cases that failed and passed; those that count as failed are among the failures. */
function flakyIssues(run: Run): Issue[] {
  return run.cells.flatMap((cell) =>
    passingFlakyCases(cell).map((one) =>
      issue(run, cell, one.suite, 'minor', `flaky: ${flakyWords(run, cell, one)}`, one.name, one),
    ),
  );
}

function sandboxIssues(run: Run): Issue[] {
  const description = sandboxLine(run);
  if (description === undefined) return [];
  const fingerprint = createHash('sha256').update(`${run.series.name} not sandboxed`).digest('hex').slice(0, 32);
  const location = { path: 'quiltboot.yaml', lines: { begin: 1 } };
  return [{ description, check_name: 'quiltboot/sandbox', fingerprint, severity: 'info', location }];
}

/** GitLab's code quality report: `artifacts: reports: codequality`. Cases go there by `junit` as well. */
export function renderGitlab(run: Run): string {
  const untested = run.verdict === 'untested' ? run.cells.filter(({ outcome }) => outcome === 'skip') : [];
  const issues = [
    ...sandboxIssues(run),
    ...failures(run).flatMap(({ cell }) => issuesOf(run, cell)),
    ...run.cells.flatMap((cell) => knownIssues(run, cell)),
    ...flakyIssues(run),
    ...untested.map((cell) => issue(run, cell, 'untested', 'major', verdictWords(run), '')),
  ];
  // Of entries with one fingerprint GitLab shows none but the first.
  const unique = [...new Map(issues.map((one) => [one.fingerprint, one])).values()];
  return `${JSON.stringify(unique, null, 2)}\n`;
}
