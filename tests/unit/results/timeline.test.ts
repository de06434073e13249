import test from 'ava';
import { type Run, summarise, type Timeline, type Track, UserError } from '../../../harness/model/index.ts';
import { renderHistory, renderHistoryPage } from '../../../harness/report/index.ts';
import { readFacts, timelineOf } from '../../../harness/results/index.ts';
import { largeRun } from '../../support/large-run.ts';
import { caseOf, cell, patchesOf, runOf, testedCell, testResult } from '../../support/sample-run.ts';

/** A run of a day in January 2026. */
function of(day: number, cells: Run['cells'], more: Partial<Run> = {}): Run {
  const started = `2026-01-${String(day).padStart(2, '0')}T08:00:00.000Z`;
  return runOf(cells, { id: `run-${day}`, started, series: { name: 'x', patches: patchesOf(3) }, ...more });
}

function track(timeline: Timeline, name: string, target = 'x86_64'): Track {
  const found = timeline.tracks.find((one) => one.name === name && one.target === target);
  if (!found) throw new Error(`no track ${name} among ${timeline.tracks.map((one) => one.name).join(', ')}`);
  return found;
}

test('a case: when it passed last, how often, and how long it takes', (t) => {
  const timeline = timelineOf([
    of(3, [testedCell(1, 'x86_64', { a: 'crash' })]),
    of(1, [testedCell(1, 'x86_64', { a: 'pass' })]),
    of(2, [testedCell(1, 'x86_64', { a: 'pass', b: 'skip' })]),
  ]);
  t.deepEqual(
    timeline.runs.map(({ id }) => id),
    ['run-1', 'run-2', 'run-3'],
  );
  const a = track(timeline, 'tasks: a');
  t.deepEqual(summarise(a), { looks: 3, passes: 2, flaky: 1, now: 'crash', lastPass: 1, ms: 1 });
  t.false(
    timeline.tracks.some(({ name }) => name === 'tasks: b'),
    'a skip says nothing',
  );
  t.regex(renderHistory(timeline), /tasks: a +x86_64 +2\/3 +2026-01-02 +1 of 3 +1 ms +\.\.~/);
});

test('of several points the worst counts', (t) => {
  const timeline = timelineOf([
    of(1, [testedCell(1, 'x86_64', { a: 'fail' }), testedCell(2, 'x86_64', { a: 'pass' })]),
  ]);
  t.is(summarise(track(timeline, 'tasks: a')).now, 'fail');
  t.is(summarise(track(timeline, 'tasks: a')).lastPass, undefined);
  t.regex(renderHistory(timeline), /tasks: a +x86_64 +0\/1 +never/);
});

test('flaky is what failed and passed on the same image, in one run or in two after each other', (t) => {
  const other = { build: { imageHash: 'another' } } as never;
  const flaky = (first: Run, second: Run): number => summarise(track(timelineOf([first, second]), 'tasks: a')).flaky;
  const passes = of(1, [testedCell(1, 'x86_64', { a: 'pass' })]);
  t.is(flaky(passes, of(2, [testedCell(1, 'x86_64', { a: 'fail' })])), 1);
  t.is(flaky(passes, of(2, [testedCell(1, 'x86_64', { a: 'pass' })])), 0);
  t.is(flaky(passes, of(2, [{ ...testedCell(1, 'x86_64', { a: 'fail' }), imageHash: 'another' }])), 0, String(other));
  const tries = testResult([caseOf('a', 'pass', { tries: { runs: 3, failed: 1 } })], 'pass');
  t.is(flaky(passes, of(2, [testedCell(1, 'x86_64', {}, { test: tries })])), 1);
});

test('what was taken over from the store is the same look: it has no time, and cannot be flaky', (t) => {
  const taken = testResult([caseOf('a', 'fail')], 'fail');
  const timeline = timelineOf([
    of(1, [testedCell(1, 'x86_64', { a: 'pass' })]),
    of(2, [testedCell(1, 'x86_64', {}, { test: { ...taken, reused: true } })]),
  ]);
  t.deepEqual(track(timeline, 'tasks: a').marks[1], { run: 1, outcome: 'fail', flaky: false });
});

test('what the machine failed and what was left out say nothing', (t) => {
  const lost = caseOf('a', 'not-run', { cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } });
  const timeline = timelineOf([
    of(1, [
      testedCell(1, 'x86_64', {}, { test: testResult([lost], 'not-run') }),
      cell({ point: 2, patch: 'b.patch', notRun: 'left out' }),
    ]),
  ]);
  t.deepEqual(timeline.tracks, []);
});

test('a patch is known by what it changes, whatever its file is called now', (t) => {
  const named = (name: string): Run['series'] => ({ name: 'x', patches: [{ name, subject: 's', content: 'c1' }] });
  const timeline = timelineOf([
    of(1, [testedCell(1, 'x86_64', { a: 'pass' }, { patch: 'old.patch' })], { series: named('old.patch') }),
    of(2, [testedCell(1, 'x86_64', { a: 'fail' }, { patch: 'new.patch' })], { series: named('new.patch') }),
  ]);
  t.deepEqual(
    track(timeline, 'new.patch').marks.map(({ outcome }) => outcome),
    ['pass', 'fail'],
  );
  t.false(timeline.tracks.some(({ name }) => name === 'old.patch'));
});

test('a filter names one kind, and only that kind is shown', (t) => {
  const run = of(1, [testedCell(1, 'x86_64', { a: 'pass', bee: 'pass' }), testedCell(1, 's390x', { bee: 'pass' })]);
  const names = (filter: Parameters<typeof timelineOf>[1]): string[] =>
    timelineOf([run], filter).tracks.map(({ name, target }) => `${name} ${target}`);
  t.deepEqual(names({ case: 'BEE' }), ['tasks: bee x86_64', 'tasks: bee s390x']);
  t.deepEqual(names({ patch: 'a.pa', target: 's390x' }), ['a.patch s390x']);
  t.is(names({}).length, 5);
});

test('what passed each time is counted, and listed when asked for', (t) => {
  const timeline = timelineOf([of(1, [testedCell(1, 'x86_64', { a: 'pass' })])]);
  t.regex(renderHistory(timeline), /2 other patches and cases passed in every run/);
  t.notRegex(renderHistory(timeline), /tasks: a/);
  t.regex(renderHistory(timeline, true), /tasks: a +x86_64 +1\/1 +in the last run/);
});

test('a file that is no stored run is refused with its name', (t) => {
  const run = of(1, [testedCell(1, 'x86_64', { a: 'pass' })]);
  t.notThrows(() => readFacts(JSON.parse(JSON.stringify(run)), 'run.json'));
  const [first] = run.cells;
  for (const wrong of [
    null,
    [],
    { ...run, cells: {} },
    { ...run, started: 'yesterday' },
    { ...run, cells: [{ ...first, outcome: 'splendid' }] },
    { ...run, cells: [{ ...first, cases: [{ suite: 'a' }] }] },
    { ...run, cells: [{ ...first, outcome: 'constructor' }] },
  ]) {
    t.throws(() => readFacts(wrong, 'some/run.json'), { instanceOf: UserError, message: /some\/run\.json is not/ });
  }
});

test('the page needs nothing else, and hides nothing that a name holds', (t) => {
  const hostile = '<script>alert(1)</script> "&';
  const page = renderHistoryPage(
    timelineOf([
      of(1, [testedCell(1, 'x86_64', { [hostile]: 'pass' })]),
      of(2, [testedCell(1, 'x86_64', { [hostile]: 'crash' })]),
    ]),
  );
  t.notRegex(page, /<script|https?:|src=|@import|url\(/);
  t.true(page.includes('&lt;script&gt;alert(1)'));
  t.regex(page, /<svg role="img" aria-label="1 of 2 passed, last: flaky, CRASH"/);
});

test('a page of 20,000 cells is quick, reading included', (t) => {
  const targets = ['x86_64', 'i386', 's390x', 'other'];
  const texts = Array.from({ length: 20 }, (_, index) => {
    const run = largeRun({ patches: 249, targets, cases: 12, breaksEvery: 7 + index });
    const started = `2026-01-${String(index + 1).padStart(2, '0')}T08:00:00.000Z`;
    return JSON.stringify({ ...run, started, id: `run-${index}` });
  });
  const before = process.cpuUsage();
  const timeline = timelineOf(texts.map((text) => readFacts(JSON.parse(text), 'run.json')));
  const page = renderHistoryPage(timeline);
  const { user, system } = process.cpuUsage(before);
  t.is(
    timeline.runs.reduce((sum, { cells }) => sum + cells, 0),
    20_000,
  );
  // Less than two seconds on an idle machine; neighbours make each of them slower.
  t.true((user + system) / 1e6 < 4, `${(user + system) / 1e6} s`);
  t.log(`${(user + system) / 1e6} s, ${page.length} characters`);
  t.true(page.length < 4_000_000, String(page.length));
});
