import test from 'ava';
import { allPass, countTests, type KtapEnd } from '../../../harness/ktap/cases.ts';
import { createKtapReader, ktapCases } from '../../../harness/ktap/index.ts';
import type { KtapReading } from '../../../harness/model/index.ts';

function read(text: string, end: KtapEnd = { ending: 'unknown' }, program = false): KtapReading {
  const reader = createKtapReader({ program });
  for (const line of text.replace(/^\n/, '').split('\n')) reader.push(line);
  return ktapCases(reader.tree(), end);
}

/** `outcome path`, and for a fault of the stream its name. */
function told(reading: KtapReading): string[] {
  return reading.cases.map(({ path, outcome, problem }) =>
    [outcome, ...(problem === undefined ? [] : [`(${problem})`]), path.join('/')].join(' '),
  );
}

const suites = `
KTAP version 1
1..2
    KTAP version 1
    # Subtest: reel
    1..3
    ok 1 winds
    # turns: EXPECTATION FAILED at lib/reel_test.c:12
    Expected turns == 3, but
        turns == 2 (0x2)
    not ok 2 turns
    ok 3 stops # SKIP no brake here
# reel: pass:1 fail:1 skip:1 total:3
not ok 1 reel
    KTAP version 1
    # Subtest: pulse
    1..1
        KTAP version 1
        # Subtest: rates
        ok 1 slow
        ok 2 fast
    ok 1 rates
ok 2 pulse`;

test('nested levels are paths, and a failed test has the line that says why', (t) => {
  const reading = read(suites);
  t.deepEqual(told(reading), [
    'pass reel/winds',
    'fail reel/turns',
    'skip reel/stops',
    'pass pulse/rates/slow',
    'pass pulse/rates/fast',
  ]);
  const [, turns, stops] = reading.cases;
  t.is(turns?.summary, 'turns: EXPECTATION FAILED at lib/reel_test.c:12');
  t.is(turns?.line, 9);
  t.is(turns?.remarks.length, 3);
  t.is(stops?.summary, 'no brake here');
  t.deepEqual(countTests(reading.cases), { pass: 3, fail: 1, skip: 1 });
  t.false(allPass(reading.cases));
});

test('levels are told by tabs, by blanks and by a name above them alike', (t) => {
  const expected = ['pass reel/winds', 'pass pulse'];
  for (const inner of ['\t# Subtest: reel\n\t1..1\n\tok 1 - winds', '  KTAP version 1\n  1..1\n  ok 1 winds']) {
    t.deepEqual(told(read(`TAP version 14\n1..2\n${inner}\nok 1 - reel\nok 2 - pulse`)), expected, inner);
  }
  const above = '# Subtest: reel\n    ok 1 - winds\n    1..1\nok 1 - reel';
  t.deepEqual(told(read(`TAP version 14\n${above}\nok 2 - pulse\n1..2`)), expected);
});

test('suites of modules have no stream around them, and several streams follow each other', (t) => {
  const suite = (name: string): string =>
    `    KTAP version 1\n    # Subtest: ${name}\n    1..1\n    ok 1 runs\nok 1 ${name}`;
  const text = `${suite('reel')}\nmodule reel: loaded\n${suite('pulse')}`;
  t.deepEqual(told(read(text, { ending: 'whole' })), ['pass reel/runs', 'pass pulse/runs']);
});

test('lines of the kernel in the middle change nothing', (t) => {
  const noise = 'random: crng init done\n  ok, so the clock is unstable\n1.5 GB/s\n# of pages: 3';
  const text = suites.replaceAll('\n    ok', `\n${noise}\n    ok`);
  t.deepEqual(told(read(text)), told(read(suites)));
});

test('every directive has an outcome of its own', (t) => {
  const reading = read(`
TAP version 13
1..8
not ok 1 a # SKIP no such device
not ok 2 b # TODO later
ok 3 c # TODO later
not ok 4 d # XFAIL known
not ok 5 e # TIMEOUT 45 seconds
ok 6 f # ERROR cannot open
ok 7 g # rcode=0
not ok 8 h # exit=2`);
  t.deepEqual(
    reading.cases.map(({ outcome, summary }) => [outcome, summary]),
    [
      ['skip', 'no such device'],
      ['skip', 'is known to be broken: later'],
      ['pass', undefined],
      ['skip', 'is expected to fail: known'],
      ['timeout', 'says that it timed out: 45 seconds'],
      ['fail', 'could not be run: cannot open'],
      ['pass', undefined],
      ['fail', 'exit=2'],
    ],
  );
});

test('a plan that is short, over, missing, late, doubled or empty is a fault by name', (t) => {
  t.deepEqual(told(read('TAP version 13\n1..1\nok 1 a\nok 2 b')), ['pass a', 'pass b', 'fail (over) ']);
  t.deepEqual(told(read('TAP version 13\nok 1 a')), ['pass a', 'fail (no-plan) ']);
  t.deepEqual(told(read('TAP version 13\nok 1 a', { ending: 'whole' })), ['pass a']);
  t.deepEqual(told(read('TAP version 13\nok 1 a\n1..1')), ['pass a']);
  t.deepEqual(told(read('TAP version 13\n1..2\nok 1 a\n1..1\nok 2 b')), ['pass a', 'pass b', 'fail (two-plans) ']);
  t.deepEqual(told(read('KTAP version 1\n1..0')), ['fail (empty) ']);
  t.deepEqual(told(read('KTAP version 1\n1..0 # SKIP no module')), ['skip ']);
  t.deepEqual(told(read('TAP version 13\n1..9\nok 1 a', { ending: 'whole' })), [
    'pass a',
    'fail (missing) tests 2 to 9',
  ]);
});

test('where the output ends in a test, that one ended it and the others were not reached', (t) => {
  const text = suites.slice(0, suites.indexOf('    not ok 2'));
  for (const [ending, outcome] of [
    ['crash', 'crash'],
    ['timeout', 'timeout'],
    ['unknown', 'fail'],
  ] as const) {
    const reading = read(text, { ending });
    t.deepEqual(told(reading), [
      'pass reel/winds',
      `${outcome} (missing) reel/test 2`,
      'not-run (missing) reel/test 3',
      'not-run (missing) test 2',
    ]);
    t.true(reading.cases[1]?.remarks.some((line) => line.includes('EXPECTATION FAILED')));
  }
  const behind = suites.slice(0, suites.indexOf('ok 2 pulse'));
  t.deepEqual(told(read(behind, { ending: 'crash' })).slice(-2), ['pass pulse/rates/fast', 'crash (missing) pulse']);
});

test('nothing at all, and a stream that only begins, are failures', (t) => {
  t.deepEqual(told(read('Linux version 6.1\nok then')), ['fail (no-tests) ']);
  t.deepEqual(told(read('', { ending: 'timeout' })), ['timeout (no-tests) ']);
  t.deepEqual(told(read('KTAP version 1')), ['fail (no-plan) ']);
  t.deepEqual(told(read('KTAP version 1', { ending: 'whole' })), ['fail (empty) ']);
  t.deepEqual(told(read('KTAP version 1', { ending: 'crash' })), ['crash (missing) test 1']);
});

test('a result that contradicts the results in it is a fault, either way', (t) => {
  const lying = suites.replace('not ok 1 reel', 'ok 1 reel');
  const [fault] = read(lying).cases.filter(({ problem }) => problem !== undefined);
  t.like(fault, { path: ['reel'], problem: 'contradiction' });
  t.is(fault?.summary, 'says ok, though 1 of the tests in it does not pass');
  const grim = suites.replace('ok 2 pulse', 'not ok 2 pulse # exit failed');
  t.like(read(grim).cases.at(-1), { path: ['pulse'], outcome: 'fail', group: true, summary: 'exit failed' });
});

test('numbers that jump and names that come twice are told apart', (t) => {
  t.deepEqual(told(read('KTAP version 1\n1..2\nok 1 a\nok 3 b')), ['pass a', 'pass b', 'fail (number) ']);
  t.deepEqual(told(read('KTAP version 1\n1..2\nok 1 a\nnot ok 2 a')), ['pass a', 'fail a (again, 2)']);
});

test('a suite without a result of its own is a fault where the next one begins', (t) => {
  const text = `
TAP version 14
1..2
    # Subtest: reel
    1..2
    ok 1 - winds
    # Subtest: pulse
    1..1
    ok 1 - beats
ok 2 - pulse`;
  t.deepEqual(told(read(text)), [
    'pass reel/winds',
    'fail (unclosed) reel',
    'fail (missing) reel/test 2',
    'pass pulse/beats',
  ]);
});

test('a report of the kernel in a test makes it crash; one outside of all is told beside them', (t) => {
  const reports = [1, 8, 30].map((line) => ({ line, title: `WARNING at ${line}` }));
  const reading = read(`boot\nwarning\n${suites.slice(1)}\n`, { ending: 'unknown', reports });
  t.deepEqual(told(reading).slice(0, 3), ['pass reel/winds', 'crash reel/turns', 'skip reel/stops']);
  t.is(reading.cases[1]?.summary, 'WARNING at 8');
  t.deepEqual(
    reading.outside.map(({ line }) => line),
    [1, 30],
  );
});

test('what a runner quotes of its programs is nested in their results', (t) => {
  const text = `
TAP version 13
1..2
# selftests: timers: posix
# TAP version 13
# 1..2
# ok 1 sleeps
# not ok 2 wakes
# # Totals: pass:1 fail:1
not ok 1 selftests: timers: posix # exit=1
# nothing to see here
ok 2 selftests: timers: raw`;
  t.deepEqual(told(read(text)), [
    'pass selftests: timers: posix/sleeps',
    'fail selftests: timers: posix/wakes',
    'pass selftests: timers: raw',
  ]);
});

test('a program may do without version and numbers, a kernel may not', (t) => {
  const text = '1..2\nok the reel winds\nnot ok - it stops\n';
  t.deepEqual(told(read(text, { ending: 'whole' }, true)), ['pass the reel winds', 'fail it stops']);
  t.deepEqual(told(read(text)), ['fail (no-tests) ']);
  t.deepEqual(told(read('1..3\nok 1 a\nBail out! no disk', { ending: 'whole' }, true)), [
    'pass a',
    'fail (bail-out) ',
    'fail (missing) tests 2 to 3',
  ]);
});

test('a flood of results, levels and remarks stays within bounds', (t) => {
  const reader = createKtapReader();
  reader.push('KTAP version 1');
  for (let n = 1; n <= 51_000; n += 1) reader.push(`ok ${n} x`);
  const many = ktapCases(reader.tree(), { ending: 'whole' }).cases;
  t.true(many.length < 50_010);
  t.true(many.some(({ problem }) => problem === 'flood'));
  const deep = createKtapReader();
  for (let n = 0; n < 1000; n += 1) deep.push(`${' '.repeat(n)}KTAP version 1`);
  t.true(ktapCases(deep.tree(), { ending: 'whole' }).cases.length < 3000);
  const chatty = createKtapReader();
  chatty.push('KTAP version 1');
  for (let n = 0; n < 10_000; n += 1) chatty.push('x'.repeat(2000));
  chatty.push('not ok 1 a');
  const [said] = ktapCases(chatty.tree(), { ending: 'whole' }).cases;
  t.is(said?.remarks.length, 201);
  t.true(said?.remarks.every((line) => line.length <= 1000));
});
