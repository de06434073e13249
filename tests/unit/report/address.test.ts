import test from 'ava';
import { marksOf } from '../../../harness/pipeline/run/report-logs.ts';
import { logAddress, placesOf } from '../../../harness/report/html/address.ts';
import { renderReport } from '../../../harness/report/index.ts';
import { built, cell as cellOf, patchesOf, runOf } from '../../support/sample-run.ts';

test('a log has one address, by its cell and its name', (t) => {
  const cell = { point: 7, target: 's390x' };
  t.is(logAddress(cell, 'cells/7-s390x/build.log'), '7-s390x-build');
  t.is(logAddress(cell, 'cells/7-s390x/test/tasks/a-pid-moves.log'), '7-s390x-tasks.a-pid-moves');
  t.is(logAddress(cell, 'apply'), '7-s390x-apply');
});

test('lines of an excerpt are found in the log, in order, frames by what the log has of them', (t) => {
  const log = {
    text: ['a', 'the seam is open', 'b', ' quilt_do+0x10/0x20', 'a', 'the seam is open', ''].join('\n'),
    skipped: 999,
    skippedLines: 100,
  };
  const places = placesOf(['the seam is open', 'call trace:', '  quilt_do+0x10 (kernel/quilt.c:5)', 'a', ''], log);
  t.deepEqual(places, [102, undefined, 104, 105, undefined]);
  t.deepEqual(placesOf(['x'], undefined), [undefined]);
});

test('reports are marked where they begin, each after the one before', (t) => {
  const text = ['x', '[ 1.0] BUG: one', ' y', '[ 2.0] BUG: one', 'z'].join('\n');
  const found = [
    { title: 'one', lines: ['[ 1.0] BUG: one', ' y'] },
    { title: 'again', lines: ['[ 2.0] BUG: one'] },
    { title: 'nowhere', lines: ['gone'] },
  ];
  t.deepEqual(marksOf(text, found, 51), [
    { line: 52, lines: 2, title: 'one' },
    { line: 54, lines: 1, title: 'again' },
  ]);
});

test('every line of an excerpt has an address in the page, and reports are listed above their log', (t) => {
  const path = 'cells/7-s390x/build.log';
  const excerpt = ['kernel/quilt.c:5:1: error: no needle', 'make: *** it failed'];
  const build = {
    ...built,
    outcome: 'fail' as const,
    cause: { blame: 'kernel' as const, summary: 'it does not build', excerpt, log: path },
  };
  const cell = cellOf({ point: 7, target: 's390x', build, logs: { 'build.log': path } });
  const run = runOf([cell], { series: { name: 'x', patches: patchesOf(7) }, points: [7], targets: ['s390x'] });
  const text = [...Array.from({ length: 16 }, (_, at) => `CC ${at}`), excerpt[0], 'make'].join('\n');
  const marks = [{ line: 117, lines: 1, title: 'no <needle>' }];
  const page = renderReport(run, 'html', new Map([[path, { text, skipped: 5000, skippedLines: 100, marks }]]));
  t.true(page.includes('<a class="at" id="7-s390x-build:117" href="#7-s390x-build:117" tabindex="-1">kernel/quilt.c'));
  t.true(page.includes('id="7-s390x-build:excerpt-2"'));
  t.regex(page, /<details data-log="0" id="7-s390x-build" data-first="101" data-marks="\[\[117,1\]\]">/);
  t.true(page.includes('<li><a href="#7-s390x-build:117">line 117</a>: no &lt;needle&gt;</li>'));
});
