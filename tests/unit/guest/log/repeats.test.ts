import test from 'ava';
import { createLogReader } from '../../../../harness/guest/log/index.ts';

interface Begun {
  readonly line: number;
  readonly title: string;
  readonly first: string | undefined;
}

/** The reports of lines, read at once from shared memory, or one by one, so that nothing is known of their bytes. */
function begun(lines: readonly string[], atOnce: boolean): Begun[] {
  const reader = createLogReader({ wrapsLog: false });
  const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  if (atOnce) reader.push(whole);
  else for (const byte of whole) reader.push(Uint8Array.of(byte));
  reader.end();
  return reader.placed().map(({ line, splat }) => ({ line, title: splat.title, first: splat.excerpt[0] }));
}

const stamp = (seconds: number): string => `[${seconds.toFixed(6).padStart(12)}] `;
const heads = ['BUG: spool is empty', '[   T12] BUG: spool is empty', '<3>BUG: spool is empty', 'BUG: thread is odd\r'];

test('a line that says the same again is a report of its own, with its own time', (t) => {
  const lines = Array.from({ length: 30 }, (_, index) => `${stamp(index)}BUG: spool is empty`);
  const reports = begun(lines, true);
  t.deepEqual(
    reports.map(({ first }) => first),
    lines,
  );
});

for (const [name, before] of Object.entries({
  'after a stamp': stamp,
  'without a stamp': () => '',
  'now with a stamp and now without': (index: number) => (index % 2 === 0 ? stamp(index) : ''),
  'after stamps of all kinds': (index: number) =>
    ['[1.5] ', stamp(index), '[    2.000000]', '[3.000000@1] '][index % 4] ?? '',
  'after half a line': (index: number) => (index % 3 === 0 ? 'spool: 37 of 100' : '') + stamp(index),
}))
  test(`lines that say the same again are read as if they were new: ${name}`, (t) => {
    const lines = Array.from({ length: 60 }, (_, index) => before(index) + (heads[(index >> 2) % heads.length] ?? ''));
    t.deepEqual(begun(lines, true), begun(lines, false));
  });
