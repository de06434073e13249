import test from 'ava';
import type { Evidence, Surroundings } from '../../../harness/bisect/evidence.ts';
import { observe } from '../../../harness/bisect/observe.ts';
import type {
  ApplyResult,
  BootResult,
  BuildResult,
  CaseResult,
  Cause,
  Outcome,
  Predicate,
} from '../../../harness/model/index.ts';
import { built, testResult } from '../../support/sample-run.ts';

const apply: ApplyResult = { stage: 'apply', point: 1, outcome: 'pass', ms: 1, reused: false };
const configure = { stage: 'configure', outcome: 'pass', ms: 1, reused: false } as const;
const around: Surroundings = { log: [], newWarnings: [] };
const cause = (summary: string, blame: Cause['blame'] = 'kernel'): Cause => ({ blame, summary, excerpt: ['line'] });
const boot = (outcome: BootResult['outcome']): BootResult => ({
  stage: 'boot',
  outcome,
  log: 'boot.log',
  splats: [],
  ms: 1,
  reused: false,
  ...(outcome === 'pass' ? {} : { cause: cause('it panics') }),
});
const one = (outcome: Outcome, blame?: Cause['blame']): CaseResult => ({
  suite: 'tasks',
  name: 'a pid moves',
  outcome,
  ms: 1,
  ...(outcome === 'skip' ? { reason: 'feature tasks comes with patch 2' } : {}),
  ...(blame === undefined ? {} : { cause: cause('why', blame) }),
});
const good: Evidence = { apply, configure, build: built, boot: boot('pass') };
const failedBuild: BuildResult = {
  stage: 'build',
  outcome: 'fail',
  directory: '/store',
  configFile: '/store/config',
  log: '/store/build.log',
  sandbox: 'bubblewrap',
  warnings: [],
  errors: [],
  ms: 1,
  reused: false,
  cause: cause('no such symbol'),
};
const unbuilt: Evidence = {
  apply,
  configure,
  build: failedBuild,
};

const signOf = (predicate: Predicate, evidence: Evidence, more: Partial<Surroundings> = {}) =>
  observe(predicate, evidence, { ...around, ...more }).sign;

test('what does not build is bad for --build alone', (t) => {
  t.is(signOf({ kind: 'build' }, unbuilt), 'bad');
  t.is(signOf({ kind: 'build' }, good), 'good');
  for (const kind of ['boot', 'warning'] as const) t.is(signOf({ kind }, unbuilt), 'skip');
  t.is(signOf({ kind: 'case', text: 'x' }, unbuilt), 'skip');
  t.is(signOf({ kind: 'log', text: 'x' }, unbuilt), 'skip');
});

test('lost options and patches that do not apply say nothing; Kconfig files that can’t be read do not build', (t) => {
  const lost: Evidence = {
    apply,
    configure: { ...configure, outcome: 'fail', cause: cause('an option is lost', 'user') },
  };
  t.is(signOf({ kind: 'build' }, lost), 'skip');
  t.is(
    signOf({ kind: 'build' }, { apply, configure: { ...configure, outcome: 'fail', cause: cause('syntax') } }),
    'bad',
  );
  t.is(signOf({ kind: 'build' }, { apply: { ...apply, outcome: 'fail', cause: cause('rejected') } }), 'skip');
});

test('a boot is bad whichever way it fails', (t) => {
  for (const outcome of ['fail', 'crash', 'timeout'] as const)
    t.is(signOf({ kind: 'boot' }, { ...good, boot: boot(outcome) }), 'bad');
  t.is(signOf({ kind: 'boot' }, good), 'good');
});

test('a line of the log is bad even where the guest died; without it a dead guest says nothing', (t) => {
  const predicate = { kind: 'log', text: 'od+ line$' } as const;
  t.is(signOf(predicate, good, { log: ['one', 'an odd line'] }), 'bad');
  t.is(signOf(predicate, { ...good, boot: boot('crash') }, { log: ['an odd line'] }), 'bad');
  t.is(signOf(predicate, { ...good, boot: boot('crash') }, { log: ['one'] }), 'skip');
  t.is(signOf(predicate, good, { log: ['one'] }), 'good');
});

test('a case is bad when it fails, good when it passes, unknown when it is skipped or its guest does not boot', (t) => {
  const predicate = { kind: 'case', text: 'pid' } as const;
  const tested = (...cases: CaseResult[]): Evidence => ({ ...good, test: testResult(cases, 'pass') });
  for (const outcome of ['fail', 'crash', 'timeout'] as const)
    t.is(signOf(predicate, tested(one('pass'), one(outcome, 'kernel'))), 'bad');
  t.is(signOf(predicate, tested(one('pass'), one('skip'))), 'good');
  t.like(observe(predicate, tested(one('skip')), around), {
    sign: 'skip',
    summary: 'every such case is skipped: feature tasks comes with patch 2',
  });
  t.like(observe(predicate, tested(), around), { sign: 'skip', summary: 'no case has "pid" in its name' });
  t.is(signOf(predicate, { ...good, boot: boot('crash') }), 'skip');
});

test('a fault of the machine is neither good nor bad', (t) => {
  const fault = { cause: cause('QEMU was killed', 'host'), retryable: true };
  for (const kind of ['build', 'boot', 'warning'] as const) t.is(signOf({ kind }, { ...good, fault }), 'host');
  const failed: Evidence = { ...good, test: testResult([one('pass'), one('not-run', 'host')], 'pass') };
  t.is(signOf({ kind: 'case', text: 'pid' }, failed), 'host');
  t.is(signOf({ kind: 'log', text: 'x' }, failed), 'skip');
});

test('warnings are matched with their place and option; without a pattern, those that are new count', (t) => {
  const warning = {
    severity: 'warning',
    file: 'mm/slab.c',
    line: 3,
    message: '‘x’ unused',
    option: '-Wunused',
  } as const;
  const warned: Evidence = { ...good, build: { ...built, warnings: [warning] } };
  t.is(signOf({ kind: 'warning', text: 'slab\\.c:3:.*-Wunused' }, warned), 'bad');
  t.is(signOf({ kind: 'warning', text: 'fork' }, warned), 'good');
  t.is(signOf({ kind: 'warning' }, warned), 'good');
  t.is(observe({ kind: 'warning' }, warned, { log: [], newWarnings: [warning] }).sign, 'bad');
});
