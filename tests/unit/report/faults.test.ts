import test from 'ava';
import { type CaseResult, type FaultSweep, noSweep, type Run } from '../../../harness/model/index.ts';
import { renderReport, renderText } from '../../../harness/report/index.ts';
import { parseRun } from '../../../harness/results/index.ts';
import { cell, passing, runOf, testResult } from '../../support/sample-run.ts';

const counted = (counts: Partial<FaultSweep['counts']>, more: Partial<FaultSweep> = {}): FaultSweep => ({
  ...noSweep(),
  began: 1000,
  ms: 2000,
  ...more,
  counts: { ...noSweep().counts, ...counts },
});

const runWith = (...cases: readonly CaseResult[]): Run => {
  const outcome = cases.some((one) => one.outcome === 'fail') ? 'fail' : 'pass';
  return runOf([cell({ test: testResult(cases, outcome) })]);
};

const clean: CaseResult = { ...passing, faults: counted({ refused: 12 }, { leaksUnknown: true }) };
const wrong: CaseResult = {
  ...passing,
  name: 'pids <ascend>',
  faults: counted({ refused: 7, wrong: 1 }, { findings: [{ nth: 3, end: 'wrong', what: 'one pid is missing' }] }),
};
const words = '17 allocations failed one by one: 16 refused cleanly, 1 crash in css_alloc()';
const crashed: CaseResult = {
  ...passing,
  name: 'a container is made',
  outcome: 'fail',
  cause: { blame: 'kernel', summary: words, excerpt: ['allocation 4: crash: WARNING at kernel/container.c:7'] },
  faults: counted(
    { refused: 16, crash: 1 },
    { findings: [{ nth: 4, end: 'crash', what: 'WARNING', place: 'css_alloc' }] },
  ),
};
const bounded: CaseResult = { ...passing, name: 'makes many', faults: counted({ refused: 5 }, { bound: 5 }) };
const shared: CaseResult = { ...passing, name: 'shares', faults: noSweep('the case shares its guest') };

test('the text report has the sums, their rate, and the cases that a reader asks for', (t) => {
  const text = renderText(runWith(clean, wrong, crashed));
  t.true(
    text.includes(
      'x86_64, point 0: 37 allocations of 3 cases failed one by one, 18.5 a second: 35 refused cleanly, 1 crash in css_alloc(), 1 wrong result',
    ),
    text,
  );
  t.true(text.includes(`    tasks: a container is made: ${words}`), text);
  t.true(text.includes('allocation 3: wrong result: one pid is missing'), text);
  t.true(text.includes('not known of 1 case what they leaked then'), text);
  t.true(text.indexOf('a container is made:') < text.indexOf('pids <ascend>:'), text);
});

test('that no more allocations were asked for is told once', (t) => {
  const text = renderText(runWith(bounded, { ...bounded, name: 'makes many more' }));
  t.true(text.includes('    the first 5 alone in 2 cases: no more were asked for'), text);
  t.false(text.includes('makes many more:'));
});

test('every form of report has what came of the allocations of a case', (t) => {
  const run = runWith(clean, wrong, crashed);
  for (const kind of ['text', 'json', 'junit', 'tap', 'markdown', 'html', 'kcidb'] as const) {
    const report = renderReport(run, kind);
    t.regex(report, /1 crash in css(&#95;|_)alloc\(\)/, kind);
    if (kind !== 'json') t.regex(report, /7 refused cleanly, 1 wrong result/, kind);
  }
  t.true(renderReport(run, 'junit').includes('<system-out>12 allocations failed one by one: 12 refused cleanly'));
  t.true(renderReport(run, 'tap').includes('faults: "12 allocations failed one by one: 12 refused cleanly"'));
});

test('a case whose allocations were not failed keeps a run from being a pass, in every form', (t) => {
  const run = runWith(clean, shared);
  t.is(run.verdict, 'untested');
  t.is(run.cells[0]?.outcome, 'not-covered');
  const why = '1 of 2 cases: the case shares its guest';
  t.true(renderText(run).includes(`verdict: untested: allocations not failed on x86_64: ${why}`));
  t.true(renderText(run).includes('not failed in 1 case: the case shares its guest'));
  for (const kind of ['junit', 'tap', 'markdown', 'html', 'kcidb'] as const)
    t.true(renderReport(run, kind).includes('shares its guest'), kind);
  t.is(runWith(clean).verdict, 'pass');
});

test('a run that was not asked for it says nothing of it, and one that was is read again', (t) => {
  t.false(renderText(runWith(passing)).includes('allocation'));
  const run = runWith(clean, crashed, shared);
  t.deepEqual(parseRun(JSON.parse(JSON.stringify(run)), 'run.json').cells, run.cells);
  const broken = JSON.parse(JSON.stringify(run)) as { cells: { cases: { faults: { counts: object } }[] }[] };
  const [first] = broken.cells[0]?.cases ?? [];
  if (first) first.faults.counts = { refused: 'many' };
  t.throws(() => parseRun(broken, 'run.json'), { message: /not a stored run/ });
});
