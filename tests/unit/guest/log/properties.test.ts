import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { createLogReader, type LogReaderOptions } from '../../../../harness/guest/log/index.ts';
import { logCases } from '../../../support/log-cases.ts';
import { readingOf } from '../../../support/log-reading.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../fixtures/logs');

interface Recorded {
  readonly name: string;
  readonly lines: readonly string[];
  readonly options: LogReaderOptions;
}

/** Logs whose console breaks no lines: in the others a prefix moves the columns. */
const recorded: readonly Recorded[] = readdirSync(fixtures)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({
    name,
    lines: readFileSync(path.join(fixtures, name.replace('.json', '.log')), 'utf8').split('\n'),
    options: (JSON.parse(readFileSync(path.join(fixtures, name), 'utf8')) as { readonly options: LogReaderOptions })
      .options,
  }))
  .filter(({ options }) => !options.wrapsLog);

/** What a log is read as, without the texts that hold the prefixes. */
function reading(lines: readonly string[], options: LogReaderOptions, end = '\n'): unknown[] {
  const reader = createLogReader(options);
  reader.push(Buffer.from(lines.join(end)));
  reader.end();
  return reader.splats().map((splat) => {
    const { family, severity, title, lines: count, trace } = readingOf(splat);
    return { family, severity, title, count, trace };
  });
}

const eachLine: Readonly<Record<string, (line: string, index: number) => string>> = {
  'dmesg -T': (line) => `[Mon Nov 30 07:12:05 2026] ${line}`,
  'a journal': (line) => `Nov 30 07:12:05 spool kernel: ${line}`,
  'a journal with its own times': (line) => `2026-11-30T07:12:05.123456+01:00 spool kernel: ${line}`,
  'a CI log': (line) => `2026-11-30T07:12:05.1234567Z ${line}`,
  Jenkins: (line) => `[2026-11-30T07:12:05.123Z] ${line}`,
  'a time only': (line) => `07:12:05 ${line}`,
  GitLab: (line) => `2026-11-30T07:12:05.123456Z 00O ${line}`,
  'a journal in a CI log': (line) => `2026-11-30T07:12:05.1234567Z Nov 30 07:12:05 spool kernel: ${line}`,
  'a level': (line) => `<4>${line}`,
  'dmesg -x': (line) => `kern  :warn  : ${line}`,
  colours: (line, index) => `\u001b[3${index % 8}m${line}\u001b[0m`,
  NULs: (line) => `\0${line}\0`,
  'a program that reads the console': (line) => `guest_1  | ${line}`,
};

for (const [what, change] of Object.entries(eachLine)) {
  test(`${what} in front of each line changes nothing`, (t) => {
    for (const { name, lines, options } of recorded)
      t.deepEqual(reading(lines.map(change), options), reading(lines, options), name);
  });
}

test('carriage returns change nothing', (t) => {
  for (const { name, lines, options } of recorded) {
    t.deepEqual(reading(lines, options, '\r\n'), reading(lines, options), name);
    t.deepEqual(reading(lines, options, '\r\r\n'), reading(lines, options), name);
  }
});

const stamp = /^\[ *\d+\.\d+\]/;

test('half a line in front of the first line of any report changes nothing', (t) => {
  for (const { name, lines, options } of recorded) {
    const reader = createLogReader(options);
    reader.push(Buffer.from(lines.join('\n')));
    reader.end();
    const heads = new Set(reader.placed().map(({ line }) => line));
    for (const half of ['spool login: ', 'winding', 'ok 12 ... ']) {
      const changed = lines.map((line, index) =>
        heads.has(index) ? `${half}${stamp.test(line) ? '' : '<4>'}${line}` : line,
      );
      t.deepEqual(reading(changed, options), reading(lines, options), name);
    }
  }
  for (const [name, { log }] of logCases()) {
    if (!stamp.test(log)) continue;
    t.deepEqual(
      reading(`half a line${log}`.split('\n'), { wrapsLog: false }),
      reading(log.split('\n'), { wrapsLog: false }),
      name,
    );
  }
});

test('a report is read the same in whatever company', (t) => {
  // Of the time at which a boot begins: a later one in front of a banner is a boot that ended without a word.
  const quiet = ['[    0.000000] spool0: nothing to see', '[    0.000000] spool1: nothing at all'];
  for (const { name, lines, options } of recorded) {
    const splats = reading(lines, options);
    if (splats.length === 0) t.deepEqual(reading([...quiet, ...lines, ...quiet], options), [], name);
  }
});
