import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { createLogReader, type LogReaderOptions } from '../../../../harness/guest/log/index.ts';
import type { Splat } from '../../../../harness/model/index.ts';
import { readingOf } from '../../../support/log-reading.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/logs');

interface Expected {
  readonly options: LogReaderOptions;
  readonly splats: readonly unknown[];
}

function read(bytes: Uint8Array, options: LogReaderOptions, cuts: readonly number[] = []): unknown[] {
  const reader = createLogReader(options);
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (const [index, from] of places.entries()) reader.push(bytes.subarray(from, places[index + 1] ?? bytes.length));
  reader.end();
  return reader.splats().map(readingOf);
}

for (const file of readdirSync(fixtures).filter((name) => name.endsWith('.log'))) {
  test(`${path.parse(file).name} is read as expected, in whatever chunks it comes`, (t) => {
    const bytes = readFileSync(path.join(fixtures, file));
    const expected = JSON.parse(readFileSync(path.join(fixtures, file.replace('.log', '.json')), 'utf8')) as Expected;
    t.deepEqual(read(bytes, expected.options), [...expected.splats]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        t.deepEqual(read(bytes, expected.options, cuts), [...expected.splats]);
      }),
      { numRuns: 10 },
    );
    t.deepEqual(
      read(
        bytes,
        expected.options,
        [...bytes.keys()].filter((index) => index % 3 === 0),
      ),
      [...expected.splats],
    );
  });
}

const text = (value: string): Uint8Array => Buffer.from(value);

test('records of exactly 80 columns are joined, and only those', (t) => {
  const full = 'x'.repeat(80);
  const reader = createLogReader({ wrapsLog: true });
  reader.push(text(`\n${full}\n\n${full}\ny\nshort\nlast`));
  t.deepEqual([...reader.lines()], ['', full, `${full}y`, 'short', 'last']);
  const plain = createLogReader({ wrapsLog: false });
  plain.push(text(`${full}\r\ny\r\n`));
  t.deepEqual([...plain.lines()], [full, 'y']);
});

test('a line without an end is shown, and is a line once the console is quiet', (t) => {
  const lines: string[] = [];
  const reader = createLogReader({ wrapsLog: true, onLine: (line) => lines.push(line) });
  reader.push(text('\nKernel panic - not syncing: quilt'));
  t.is(reader.lines().at(-1), 'Kernel panic - not syncing: quilt');
  t.is(reader.splats().length, 0);
  reader.flush();
  t.is(reader.splats()[0]?.title, 'panic: quilt');
  t.deepEqual(lines, ['', 'Kernel panic - not syncing: quilt']);
});

test('a listener hears of a report when it begins, and the report grows', (t) => {
  const heard: Splat[] = [];
  const reader = createLogReader({ wrapsLog: false, onSplat: (splat) => heard.push(splat) });
  reader.push(text('BUG: scheduling while atomic: sh/66/0x00000002\n'));
  t.is(heard[0]?.family, 'atomic');
  reader.push(text('Call Trace:\n quilt_wait+0x10/0x20\n'));
  t.is(heard.length, 1);
  t.is(reader.splats()[0]?.title, 'scheduling while atomic in quilt_wait');
  t.is(reader.splats()[0]?.excerpt.length, 3);
});

test('equal faults have equal titles, whatever their addresses, pids and processors', (t) => {
  const title = (log: string): string | undefined => {
    const reader = createLogReader({ wrapsLog: false });
    reader.push(text(log));
    reader.end();
    return reader.splats()[0]?.title;
  };
  const pairs: readonly [string, string][] = [
    [
      'BUG: workqueue leaked lock or atomic: kworker/0x00000001/12\n',
      'BUG: workqueue leaked lock or atomic: kworker/0x00000003/77\n',
    ],
    ['BUG: odd thing at ffff888003a1c0e0 (pid: 12)\n', 'BUG: odd thing at ffff888003ffffff (pid: 9)\n'],
    [
      'watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [sh:71]\n',
      'watchdog: BUG: soft lockup - CPU#0 stuck for 48s! [cat:9]\n',
    ],
    [
      'Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b\n',
      'Kernel panic - not syncing: Attempted to kill init!\n',
    ],
  ];
  for (const [one, other] of pairs) {
    t.truthy(title(one));
    t.is(title(one), title(other));
  }
});

test('the first banner of a restored guest is a reboot', (t) => {
  const log = text('[    0.000000] Linux version 6.1.0-qb\n');
  const fresh = createLogReader({ wrapsLog: false });
  fresh.push(log);
  t.deepEqual([...fresh.splats()], []);
  const restored = createLogReader({ wrapsLog: false, booted: true });
  restored.push(log);
  t.is(restored.splats()[0]?.family, 'reboot');
});

test('a flood keeps the newest lines, counts all, and still sees a report', (t) => {
  const reader = createLogReader({ wrapsLog: false });
  const chunk = text('qb: nothing to see here, again and again\n'.repeat(1000));
  for (let round = 0; round < 300; round += 1) reader.push(chunk);
  reader.push(text('WARNING: at kernel/quilt.c:55 quilt_count()\n'));
  const bytes = reader.lines().reduce((sum, line) => sum + line.length, 0);
  t.true(bytes <= 4 * 1024 * 1024);
  t.is(reader.lineCount(), 300_001);
  t.is(reader.lines().at(-1), 'WARNING: at kernel/quilt.c:55 quilt_count()');
  t.deepEqual([...reader.linesFrom(300_000)], ['WARNING: at kernel/quilt.c:55 quilt_count()']);
  t.is(reader.splats().length, 1);
  t.deepEqual([...reader.splatsFrom(300_001)], []);
});

test('a kernel that warns in a loop does not take all memory', (t) => {
  const reader = createLogReader({ wrapsLog: false });
  for (let round = 0; round < 3000; round += 1) {
    reader.push(text('WARNING: at kernel/quilt.c:55 quilt_count()\nqb: ordinary\n'));
  }
  t.is(reader.splats().length, 200);
});

test('a line that never ends is cut', (t) => {
  const reader = createLogReader({ wrapsLog: false });
  for (let round = 0; round < 100; round += 1) reader.push(Buffer.alloc(10_000, 'x'));
  t.true(reader.lineCount() > 50);
  t.true(reader.lines().every((line) => line.length <= 16_384));
});

test('an answer to SysRq ends where reports have come for long, also back to back', (t) => {
  const trace = [
    'Call Trace:',
    ' <TASK>',
    ' dump_stack+0x1c/0x40',
    ' thread_wind+0x2a/0x90',
    ' thread_pull+0x11/0x60',
    ' </TASK>',
  ];
  const flood = Array.from({ length: 120 }, () => [
    '------------[ cut here ]------------',
    'WARNING: CPU: 0 PID: 63 at kernel/spool.c:55 spool_empty+0x1c/0x40',
    'Call Trace:',
    ' spool_empty+0x1c/0x40',
    '---[ end trace 0000000000000000 ]---',
  ]).flat();
  const last = (between: readonly string[]): string | undefined => {
    const lines = ['sysrq: Show Blocked State', ...between, 'spool: thread is odd', ...trace, '', 'all is well'];
    const reader = createLogReader({ wrapsLog: false });
    reader.push(Buffer.from(`${lines.join('\n')}\n`));
    return reader.splats().at(-1)?.family;
  };
  t.is(last([]), undefined);
  t.is(last(flood.slice(0, 400)), 'warn');
  t.is(last(flood), 'stack');
});
