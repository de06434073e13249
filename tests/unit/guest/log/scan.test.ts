import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { createLogReader, type LogReader } from '../../../../harness/guest/log/index.ts';
import { needlesOf, passOver } from '../../../../harness/guest/log/scan.ts';
import { logCases } from '../../../support/log-cases.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures');
const recorded = readdirSync(path.join(fixtures, 'logs')).filter((name) => name.endsWith('.log'));
const texts = new Map([
  ...logCases().map(([name, { log }]) => [name, log] as const),
  ...recorded.map((name) => [name, readFileSync(path.join(fixtures, 'logs', name), 'utf8')] as const),
]);

function read(text: string, listening: boolean, wrapsLog: boolean): Pick<LogReader, 'lines' | 'lineCount' | 'placed'> {
  // Whoever wants to hear of each line makes the reader look at each.
  const reader = createLogReader({ wrapsLog, onLine: () => undefined, listening: () => listening });
  reader.push(Buffer.from(text));
  reader.end();
  return reader;
}

/** What half a line of a program, a logger or a console makes of a log. */
const changes: Readonly<Record<string, (line: string, index: number) => string>> = {
  'as it is': (line) => line,
  'behind half a line': (line) => `spool: 37 of 100${line}`,
  'behind half a line of letters': (line) => `winding ${line}`,
  'of a journal': (line) => `Nov 29 21:53:50 loom kernel: ${line}`,
  'in colours': (line) => `\u001b[1m${line}\u001b[0m`,
  'with its callers': (line, index) => `[    T${index % 7}] ${line}`,
  'among other lines': (line, index) => (index % 3 === 0 ? `all is well\r\n\r\n${line}` : line),
};

for (const [change, apply] of Object.entries(changes))
  test(`lines that are passed over are those in which nothing begins: logs ${change}`, (t) => {
    for (const [name, text] of texts) {
      const changed = text.split('\n').map(apply).join('\n');
      for (const wraps of [false, true]) {
        const [fast, slow] = [read(changed, false, wraps), read(changed, true, wraps)];
        t.deepEqual(fast.placed(), slow.placed(), name);
        t.deepEqual(fast.lines(), slow.lines(), name);
        t.is(fast.lineCount(), slow.lineCount(), name);
      }
    }
  });

test('no needle is short, or begins with another', (t) => {
  const needles = needlesOf();
  t.true(needles.length > 150);
  for (const needle of needles) {
    t.regex(needle, /^\w.{2}/);
    t.deepEqual(
      needles.filter((other) => other !== needle && other.startsWith(needle)),
      [],
    );
  }
});

test('a needle counts at the beginning of a word, also right behind a number or a small letter', (t) => {
  const passes = (line: string): boolean => passOver(Buffer.from(`${line}\n`), 0).lines === 1;
  t.false(passes('BUG: spool'));
  t.false(passes('100BUG: spool'));
  t.false(passes('spoolBUG: spool'));
  t.true(passes('DEBUG: spool'));
  t.false(passes(' spool+0x1c/0x40'));
  t.true(passes('spool+1'));
  t.false(passes('[   12.345678]  0xffffffff81000010'));
  t.true(passes('[   12.345678] pci 0000:00:03.0: reg 0x10'));
  t.true(passes('memory at 0xffffffff81000010'));
});

test('a line that may be as long as a console is wide is looked at, whatever its bytes', (t) => {
  const passes = (line: string): boolean => passOver(Buffer.from(`${line}\n`), 0, 80).lines === 1;
  t.true(passes('x'.repeat(79)));
  t.false(passes('x'.repeat(80)));
  t.false(passes(`${'x'.repeat(80)}\r\r`));
  t.true(passes('x'.repeat(81)));
  t.false(passes(`ä${'x'.repeat(79)}`));
  t.true(passes(`ä${'x'.repeat(60)}`));
  const { longest, lines } = passOver(Buffer.from(`${'x'.repeat(70)}\n\n${'x'.repeat(90)}\n`), 0, 80);
  t.deepEqual({ longest, lines }, { longest: 90, lines: 3 });
});
