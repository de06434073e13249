import {
  type ApplyResult,
  type BuildResult,
  type CaseResult,
  type Cell,
  type Run,
  type TestResult,
  worstOutcome,
} from '../../harness/model/index.ts';
import { type CellParts, concludeRun, makeCell } from '../../harness/results/index.ts';

/** Parts and runs that the tests of results and reports share. */

const apply: ApplyResult = { stage: 'apply', point: 0, outcome: 'pass', commit: 'c0', ms: 5, reused: false };

export const built: BuildResult = {
  stage: 'build',
  outcome: 'pass',
  directory: '/store/build/a',
  image: '/store/build/a/image',
  imageHash: 'ab12',
  configFile: '/store/build/a/config',
  log: '/store/build/a/build.log',
  sandbox: 'bubblewrap',
  warnings: [],
  newWarnings: [],
  errors: [],
  ms: 1000,
  reused: false,
};

export function testResult(cases: readonly CaseResult[], outcome: TestResult['outcome']): TestResult {
  return { stage: 'test', outcome, cases, ms: 200, reused: false };
}

export const passing: CaseResult = { suite: 'tasks', name: 'a pid moves', outcome: 'pass', ms: 20 };
export const skipped: CaseResult = {
  suite: 'tasks',
  name: 'pids are sorted',
  outcome: 'skip',
  ms: 0,
  reason: 'feature tasks comes with patch 2',
};
export const crashing: CaseResult = {
  suite: 'tasks',
  name: 'rmdir <of> a "busy" container',
  outcome: 'crash',
  ms: 31,
  cause: {
    blame: 'kernel',
    summary: 'BUG: sleeping function called from invalid context',
    excerpt: ['BUG: sleeping function', '\u001b[0m Call Trace: #1'],
    log: 'cells/1-x86_64/test/tasks.log',
  },
};

export function cell(parts: Partial<CellParts> = {}): Cell {
  return makeCell({
    point: 0,
    patch: null,
    target: 'x86_64',
    apply,
    build: built,
    reproduce: (stage) => `quiltboot run x --until ${stage}`,
    logs: {},
    ...parts,
  });
}

export function runOf(cells: readonly Cell[], more: Partial<Run> = {}): Run {
  return concludeRun({
    format: 1,
    id: '20260101-000000-x',
    started: '2026-01-01T00:00:00.000Z',
    ms: 61_000,
    command: 'quiltboot run x',
    series: { name: 'x', patches: [{ name: 'one.patch', subject: 'one' }] },
    tree: { name: 'linux', key: 'k', kernelVersion: '6.1.1', resolved: 'linux-source 6.1.1-1' },
    targets: ['x86_64', 's390x'],
    machines: { x86_64: { endian: 'little', bits: 64 }, s390x: { endian: 'big', bits: 64 } },
    points: [0, 1],
    host: { machine: 'm', cpus: 2, versions: {} },
    cells,
    notes: [],
    ...more,
  });
}

/** Patches named a.patch, b.patch … */
export function patchesOf(count: number): Run['series']['patches'] {
  return Array.from({ length: count }, (_, index) => {
    const letter = String.fromCharCode(97 + index);
    return { name: `${letter}.patch`, subject: `subject ${letter}` };
  });
}

export function caseOf(name: string, outcome: CaseResult['outcome'], more: Partial<CaseResult> = {}): CaseResult {
  const bad = outcome !== 'pass' && outcome !== 'skip';
  const cause = { blame: 'kernel', summary: `${name} is wrong`, excerpt: [] } as const;
  return { suite: 'tasks', name, outcome, ms: 1, ...(bad ? { cause } : {}), ...more };
}

/** A cell whose cases end as told: `{'a pid moves': 'pass'}`. */
export function testedCell(
  point: number,
  target: string,
  cases: Readonly<Record<string, CaseResult['outcome']>>,
  more: Partial<CellParts> = {},
): Cell {
  const results = Object.entries(cases).map(([name, outcome]) => caseOf(name, outcome));
  return cell({
    point,
    target,
    patch: point === 0 ? null : `${String.fromCharCode(96 + point)}.patch`,
    build: { ...built, imageHash: `image-${point}-${target}` },
    test: testResult(results, worstOutcome(results)),
    ...more,
  });
}

/** Point 0 passes on both targets; point 1 crashes on x86_64 and was left out on s390x. */
export const mixedRun = runOf([
  cell({ test: testResult([passing, skipped], 'pass') }),
  cell({ target: 's390x', test: testResult([passing, skipped], 'pass') }),
  cell({ point: 1, patch: 'one.patch', test: testResult([passing, crashing], 'crash') }),
  cell({ point: 1, patch: 'one.patch', target: 's390x', notRun: 'not run: point 1 failed' }),
]);
