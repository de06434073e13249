import { createHash } from 'node:crypto';
import {
  type Cause,
  type Cell,
  type Code,
  codeOf,
  codes,
  type Diagnostic,
  isFlaky,
  isGood,
  type KnownFailure,
  type Run,
} from '../model/index.ts';
import { baseWords } from './base.ts';
import { flakyWords, passingFlakyCases } from './findings.ts';
import { patchFile } from './github.ts';
import { cellName, cellsToExplain, verdictWords } from './text.ts';
import { oneLine, sandboxLine, subjectWords } from './words.ts';

type Level = 'error' | 'warning' | 'note';

interface Found {
  readonly rule: string;
  readonly level: Level;
  readonly text: string;
  /** What sets it apart from others of the same rule, patch and target. */
  readonly what: string;
  readonly known?: KnownFailure | undefined;
  readonly place?: Diagnostic | undefined;
}

function levelOf(cell: Cell): Level {
  return cell.blame === 'host' ? 'note' : cell.outcome === 'not-covered' ? 'warning' : 'error';
}

function textOf(words: string, cause: Cause | null | undefined, more: readonly string[]): string {
  return [`${words}: ${cause?.summary ?? ''}`, ...(cause?.excerpt.slice(0, 30) ?? []), ...more].join('\n');
}

/** Everything that is bad, known or flaky in a cell; warnings of the compiler that are new. */
function findingsOf(run: Run, cell: Cell): Found[] {
  const base = baseWords(run, cell);
  const moreOf = (reproduce: string | null): string[] => [
    ...(base === undefined ? [] : [`base: ${base}`]),
    ...(reproduce === null ? [] : [`reproduce: ${reproduce}`]),
  ];
  const more = moreOf(cell.reproduce);
  const name = cellName(cell);
  const cases = cell.cases
    .filter((one) => one.known !== undefined || !isGood(one.outcome))
    .map((one): Found => {
      const was = one.known?.was ?? one.outcome;
      const code = codeOf({ stage: 'test', outcome: was, blame: one.cause?.blame }) ?? 'QB-CASE-FAIL';
      const words = subjectWords({ stage: 'test', ...one });
      const level = one.cause?.blame === 'host' ? 'note' : 'error';
      return {
        rule: code,
        level,
        text: textOf(`${name}: ${words}`, one.cause, moreOf(one.reproduce ?? cell.reproduce)),
        what: words,
        known: one.known,
      };
    });
  const told = cell.diagnostics ? [...cell.diagnostics.errors, ...(cell.diagnostics.fresh ?? [])] : [];
  const diagnostics = told.map((place): Found => {
    const where = `${place.file ?? ''}${place.line === undefined ? '' : `:${place.line}`}`;
    const level = cell.known ? 'warning' : place.severity;
    // Without the line, which moves with every other change.
    const what = `${place.file ?? ''}: ${place.message}`;
    const text = [`${name}: ${where === '' ? '' : `${where}: `}${place.message}`, ...more].join('\n');
    return { rule: 'QB-BUILD-ERROR', level, text, what, known: cell.known, place };
  });
  const flaky = passingFlakyCases(cell).map((one): Found => {
    const text = textOf(`${name}: flaky: ${flakyWords(run, cell, one)}`, one.cause, moreOf(one.reproduce ?? null));
    return { rule: 'QB-CASE-FAIL', level: 'warning', text, what: subjectWords({ stage: 'test', ...one }) };
  });
  if (cases.length + diagnostics.length + flaky.length > 0) return [...cases, ...diagnostics, ...flaky];
  if (isGood(cell.outcome) && cell.outcome !== 'not-covered' && !cell.known) return [];
  const rule = cell.code ?? codeOf({ stage: cell.stage, outcome: cell.known?.was ?? cell.outcome, blame: 'kernel' });
  const text = textOf(name, cell.cause, more);
  return [{ rule: rule ?? 'QB-NOT-RUN', level: levelOf(cell), text, what: cell.stage, known: cell.known }];
}

function fingerprint(run: Run, cell: Cell, { rule, what }: Found): string {
  const content = [run.series.name, cell.patch, cell.target, rule, what];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}

/** A path as a URI that is relative to the repository. */
function uri(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}

function resultOf(run: Run, cell: Cell, found: Found, rules: readonly string[]): object {
  const { rule, level, text, known, place } = found;
  const at = place?.file;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level,
    message: { text },
    locations: [
      {
        // Results without a place are not shown; those of the base belong to no patch.
        physicalLocation: {
          artifactLocation: { uri: uri(patchFile(run, cell.point) ?? 'quiltboot.yaml') },
          region: { startLine: 1 },
        },
        ...(at === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: oneLine(at) }] }),
      },
    ],
    partialFingerprints: { 'quiltboot/v1': fingerprint(run, cell, found) },
    ...(known ? { suppressions: [{ kind: 'external', justification: known.why }] } : {}),
    properties: { target: cell.target, point: cell.point, outcome: cell.outcome },
  };
}

function ruleOf(id: string): object {
  const { meaning, cure, status } = codes[id as Code];
  return {
    id,
    name: id,
    shortDescription: { text: meaning },
    help: { text: cure },
    properties: { 'problem.severity': status === 1 ? 'error' : 'warning' },
  };
}

/** SARIF 2.1.0 for the code scanning of a forge: a result for each failure and each new warning, at the patch it came with. */
export function renderSarif(run: Run): string {
  const explained = new Set(cellsToExplain(run));
  const cells = run.cells.filter(
    (cell) => explained.has(cell) || cell.outcome === 'known' || cell.cases.some((one) => one.known || isFlaky(one)),
  );
  const found = cells.flatMap((cell) => findingsOf(run, cell).map((one) => ({ cell, one })));
  const idle = run.verdict === 'untested' && found.length === 0 ? run.cells.slice(0, 1) : [];
  const untested = idle.map((cell) => {
    const one: Found = { rule: 'QB-NOT-RUN', level: 'warning', text: verdictWords(run), what: 'untested' };
    return { cell, one };
  });
  const all = [...found, ...untested];
  const rules = [...new Set(all.map(({ one }) => one.rule))].sort();
  const sandbox = sandboxLine(run);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'quiltboot', rules: rules.map(ruleOf) } },
        automationDetails: { id: `quiltboot/${oneLine(run.series.name)}/${oneLine(run.tree.name)}` },
        invocations: [
          {
            commandLine: run.command,
            startTimeUtc: new Date(run.started).toISOString(),
            executionSuccessful: run.verdict === 'pass' || run.verdict === 'fail',
            ...(sandbox === undefined
              ? {}
              : { toolExecutionNotifications: [{ level: 'warning', message: { text: sandbox } }] }),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: all.map(({ cell, one }) => resultOf(run, cell, one, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
