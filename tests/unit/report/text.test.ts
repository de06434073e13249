import test from 'ava';
import { renderText } from '../../../harness/report/index.ts';
import { compareRuns, matchCells } from '../../../harness/results/index.ts';
import { caseOf, cell, mixedRun, patchesOf, runOf, testedCell, testResult } from '../../support/sample-run.ts';

const series = { name: 'x', patches: patchesOf(5) };
const points = [0, 1, 2, 3, 4, 5];

const broken = runOf(
  points.flatMap((point) => [
    testedCell(point, 'x86_64', { both: point === 2 || point === 3 ? 'fail' : 'pass', swab: 'pass', old: 'fail' }),
    testedCell(point, 's390x', {
      both: point === 2 || point === 3 ? 'fail' : 'pass',
      swab: point > 2 ? 'fail' : 'pass',
      old: 'fail',
    }),
  ]),
  { series, points },
);

test('which patch broke and which fixed what, targets together, byte order called out', (t) => {
  const lines = renderText(broken).split('\n');
  const at = lines.indexOf('which patch did what:');
  t.deepEqual(lines.slice(at, lines.indexOf('', at)), [
    'which patch did what:',
    '  fails at the base already',
    '    x86_64, s390x: tasks: old',
    '  broken by 2/5 (b.patch), fixed by 4/5 (d.patch)',
    '    x86_64, s390x: tasks: both',
    '  broken by 3/5 (c.patch)',
    '    s390x: tasks: swab (s390x only: good on x86_64)',
  ]);
});

test('points that fail in the same way are named with the first of them', (t) => {
  const text = renderText(broken);
  t.is(text.match(/^point \d/gm)?.length, 7, text);
  t.regex(text, /^point 4 \(d\.patch\) on s390x:[^]*?\n {2}the same at 5$/m);
  t.is(text.match(/^point . .*on x86_64/gm)?.length, 3);
});

test('a gap between the last good and the first bad point is not blamed on one patch', (t) => {
  const gap = runOf([testedCell(0, 'x86_64', { a: 'pass' }), testedCell(4, 'x86_64', { a: 'fail' })], {
    series,
    points: [0, 4],
  });
  t.regex(renderText(gap), /broken by one of 1\.\.4\/5/);
});

test('flaky cases come with their counts and a mark in the matrix', (t) => {
  const one = caseOf('sometimes', 'pass', { tries: { runs: 3, failed: 2 } });
  const text = renderText(
    runOf([testedCell(1, 'x86_64', {}, { test: testResult([one], 'pass') })], { series, points: [1] }),
  );
  t.regex(text, /1 +a\.patch +pass 1 ~/);
  t.regex(text, /x86_64 at 1\/5 \(a\.patch\): tasks: sometimes: failed 2 of 3 times/);
});

test('a comparison says first how many of each kind, then which', (t) => {
  const before = runOf(
    points.map((point) =>
      testedCell(
        point,
        'x86_64',
        { both: 'pass', swab: 'fail', old: 'fail' },
        { build: { ...cellBuild, imageHash: 'old' } },
      ),
    ),
    { series, points, id: 'earlier' },
  );
  const comparison = compareRuns(broken, before, matchCells(broken, before), new Map());
  const text = renderText({ ...broken, comparison });
  t.regex(text, /^against earlier \(Linux 6\.1\.1\): 4 new failures, 1 fixed, 1 still failing$/m);
  t.regex(text, /^ {2}new failure: x86_64, points 2\.\.3: tasks: both \(FAIL; pass before\)$/m);
  t.regex(text, /^ {2}new failure: s390x, points 3\.\.5: tasks: swab \(FAIL; not there before\)$/m);
  t.regex(text, /^ {2}6 cells have no counterpart/m);
});

const cellBuild = {
  stage: 'build',
  outcome: 'pass',
  directory: '',
  configFile: '',
  log: '',
  warnings: [],
  errors: [],
  ms: 1,
  reused: false,
  sandbox: 'bubblewrap',
} as const;

test('sizes and options that patches changed', (t) => {
  const size = (text: number): { text: number; data: number; bss: number } => ({ text, data: 8, bss: 8 });
  const previous = {
    point: 0,
    build: { ...cellBuild, size: size(1000) },
    config: [{ symbol: 'CONTAINERS', from: null, to: 'y' }],
  };
  const text = renderText(
    runOf(
      [
        testedCell(0, 'x86_64', { a: 'pass' }, { build: { ...cellBuild, size: size(1000) } }),
        testedCell(1, 'x86_64', { a: 'pass' }, { build: { ...cellBuild, size: size(6000) }, previous }),
      ],
      { series, points: [0, 1], targets: ['x86_64'] },
    ),
  );
  t.regex(text, /size on x86_64, point 0 to 1: text \+5,000$/m);
  t.regex(text, /options by 1\/5 \(a\.patch\): CONTAINERS=y$/m);
});

test('a name can not bring lines of its own', (t) => {
  const hostile = testedCell(1, 'x86_64', { 'x\n::error::gotcha\u001b[2J': 'fail' }, { patch: 'a\r\nb.patch' });
  const text = renderText(
    runOf([hostile, cell({ point: 0 })], { series: { name: 'x', patches: [{ name: 'a\r\nb.patch', subject: 's' }] } }),
  );
  t.false(/^\s*::/m.test(text), text);
  t.false(text.includes('\u001b') || text.includes('\r'), text);
});

test('on a narrow terminal the matrix has a line for each cell', (t) => {
  const [title, , ...lines] = renderText(mixedRun, undefined, 40).split('\n');
  t.truthy(title);
  t.deepEqual(lines.slice(0, 6), [
    ' 0 (base: linux)',
    '     x86_64  pass 1',
    '     s390x   pass 1',
    ' 1 one.patch',
    '     x86_64  CRASH test 1/2',
    '     s390x   not run',
  ]);
  t.regex(renderText(mixedRun, undefined, 60), /^ point +patch +x86_64 +s390x$/m);
});
