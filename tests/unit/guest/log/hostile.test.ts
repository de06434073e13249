import test from 'ava';
import { families } from '../../../../harness/guest/log/families/index.ts';
import { firstCharacters } from '../../../../harness/guest/log/first-characters.ts';
import { createLogReader } from '../../../../harness/guest/log/index.ts';

/** Pieces of which hostile lines are made: what the expressions repeat. */
const pieces = [
  ' ',
  '\t',
  '\r',
  'a',
  '0',
  'a ',
  'a.',
  '<4>',
  '[ 1',
  '[<0>]',
  '(',
  '\u001b[',
  '-',
  '=',
  ': ',
  'BUG: ',
  '+0x1',
  'lock ',
  '#1',
];
const heads = ['', 'BUG: ', 'WARNING: ', 'INFO: task ', '[ BUG: ', 'Kernel panic - not syncing: ', 'Oops: ', 'x: '];

const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;

test('lines of any length take linear time', (t) => {
  for (const head of heads) {
    for (const piece of pieces) {
      const line = head + piece.repeat(Math.ceil(16_000 / piece.length));
      const reader = createLogReader({ wrapsLog: false });
      const before = process.cpuUsage();
      for (let round = 0; round < 20; round += 1) reader.push(Buffer.from(`${line}\n`));
      reader.splats();
      const took = milliseconds(process.cpuUsage(before));
      // A quadratic expression takes seconds; the limit leaves room for a busy machine.
      t.true(took < 1000, `${took} ms for ${JSON.stringify(head + piece)}`);
    }
  }
});

test('reports back to back take linear time', (t) => {
  const run = (count: number): number => {
    const reader = createLogReader({ wrapsLog: false });
    const chunk = Buffer.from('BUG: spool is odd\n'.repeat(count));
    const before = process.cpuUsage();
    reader.push(chunk);
    return milliseconds(process.cpuUsage(before));
  };
  run(5000);
  const small = run(10_000);
  t.true(run(40_000) < 12 * small + 200);
});

test('empty lines are counted, not hoarded', (t) => {
  const reader = createLogReader({ wrapsLog: false });
  for (let round = 0; round < 20; round += 1) reader.push(Buffer.alloc(65_536, '\n'));
  t.is(reader.lineCount(), 20 * 65_536);
  t.true(reader.lines().length < 150_000);
});

test('each start can be told by its first character, or has a word', (t) => {
  for (const { starts } of families) {
    for (const { pattern, word } of starts)
      t.true(word !== undefined || firstCharacters(pattern) !== undefined, pattern.source);
  }
});
