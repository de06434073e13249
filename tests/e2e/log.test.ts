import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { execa } from 'execa';
import { emptyPlace } from '../support/program.ts';
import { smallProgram, smallProgramFlags } from '../support/small-program.ts';

const log = '[    1.000000] WARNING: CPU: 0 PID: 1 at kernel/spool.c:12 wind+0x1c/0x40\n[    1.000001] spool: rest\n';

test('a kernel log with a report ends with 1 and says where it is', async (t) => {
  const place = await emptyPlace(t);
  await place.write('console.log', log);
  const { code, out } = await place.run('log', 'console.log');
  t.is(code, 1);
  t.regex(out, /^console\.log:1: error: WARNING at kernel\/spool\.c:12 in wind \[warn\]/);
  const json = await place.run('log', '--json', 'console.log');
  t.like(JSON.parse(json.out), { lines: 2, reports: [{ line: 1, family: 'warn', severity: 'error' }] });
});

test('a packed log is unpacked, a quiet one ends with 0', async (t) => {
  const place = await emptyPlace(t);
  await writeFile(path.join(place.directory, 'packed.gz'), gzipSync(log));
  t.is((await place.run('log', 'packed.gz')).code, 1);
  await place.write('quiet.log', '[    1.000000] spool: all is well\n');
  t.is((await place.run('log', 'quiet.log')).code, 0);
});

test('a log that is empty, or a packed one without its end, is no log without a report', async (t) => {
  const place = await emptyPlace(t);
  for (const form of [[], ['--build']]) {
    await place.write('empty.log', '');
    const empty = await place.run('log', ...form, 'empty.log');
    t.is(empty.code, 2, empty.out);
    t.regex(empty.err, /empty\.log is empty, expected a log/);
    const whole = gzipSync(Array.from({ length: 4000 }, (_, index) => `[    1.000000] spool: ${index}\n`).join(''));
    const damaged = Buffer.from(whole);
    damaged.fill(0, whole.length - 8, whole.length - 4);
    for (const [bytes, words] of [
      [whole.subarray(0, whole.length - 2000), /lacks its end: what follows line \d+ is not known/],
      [damaged, /is damaged: what follows line \d+ is not known/],
    ] as const) {
      await writeFile(path.join(place.directory, 'cut.gz'), bytes);
      const cut = await place.run('log', ...form, 'cut.gz');
      t.is(cut.code, 2, cut.err);
      t.regex(cut.err, words);
    }
  }
  await writeFile(path.join(place.directory, 'cut.gz'), gzipSync(log.repeat(200)).subarray(0, 100));
  t.is((await place.run('log', 'cut.gz')).code, 1, 'there is a report in what is left');
});

test('a build log, and a file that is not there', async (t) => {
  const place = await emptyPlace(t);
  await place.write('build.log', 'kernel/spool.c:12:5: error: no spool\nmake: *** [Makefile:1: kernel] Error 2\n');
  const { code, out } = await place.run('log', '--build', 'build.log');
  t.is(code, 1);
  t.regex(out, /^kernel\/spool\.c:12:5: error: no spool/);
  const missing = await place.run('log', 'nosuch.log');
  t.is(missing.code, 2);
  t.regex(missing.err, /there is no log .*nosuch\.log/);
});

/** One report of 6.1. */
const report = [
  '------------[ cut here ]------------',
  'WARNING: CPU: 0 PID: 63 at kernel/small.c:5 outer+OFFSET',
  'CPU: 0 PID: 63 Comm: spool Not tainted 6.1.0 #1',
  'RIP: 0010:outer+OFFSET',
  'Call Trace:',
  ' <TASK>',
  ' wind+0x1c/0x40',
  ' </TASK>',
  '---[ end trace 0000000000000000 ]---',
];

test('--vmlinux names files, lines and inlined functions', async (t) => {
  const place = await emptyPlace(t);
  await place.write('kernel/small.c', smallProgram);
  const cwd = place.directory;
  const flags = [...smallProgramFlags, '-fcf-protection=none'];
  await execa('gcc', [...flags, 'kernel/small.c', '-o', 'vmlinux'], { cwd });
  const { stdout } = await execa('nm', ['-S', 'vmlinux'], { cwd });
  const size = Number.parseInt(/^\S+ ([0-9a-f]+) T outer$/m.exec(stdout)?.[1] ?? '0', 16);
  const seen: string[] = [];
  // One of its instructions is what was put into it.
  for (let offset = 0; offset < size && !seen.join('').includes('inner'); offset += 1) {
    const at = `0x${offset.toString(16)}/0x${size.toString(16)}`;
    await place.write(
      'console.log',
      `${report.map((line) => `[   31.415926] ${line.replace('OFFSET', at)}`).join('\n')}\n`,
    );
    const { code, out } = await place.run('log', '--vmlinux', 'vmlinux', 'console.log');
    t.is(code, 1);
    seen.push(out);
  }
  t.regex(seen[0] ?? '', / {2}outer\+0x0 \(kernel\/small\.c:[89]\)/);
  t.regex(
    seen.at(-1) ?? '',
    / {2}inner \(inlined, kernel\/small\.c:[45]\)\n +outer\+0x[0-9a-f]+ \(kernel\/small\.c:9\)/,
  );
  const missing = await place.run('log', '--vmlinux', 'nosuch', 'console.log');
  t.is(missing.code, 2);
  await place.write('vmlinux', 'no ELF file');
  t.regex((await place.run('log', '--vmlinux', 'vmlinux', 'console.log')).out, / {2}outer\+0x[0-9a-f]+$/m);
});

test('the tests of a log are told with their lines, and only a log whose tests pass ends with 0', async (t) => {
  const place = await emptyPlace(t);
  const inside = (lines: string): string =>
    `[    0.500000] KTAP version 1\n[    0.500000] 1..1\n[    0.500000]     # Subtest: spool\n[    0.500000]     1..2\n` +
    `[    0.500000]     ok 1 winds\n${lines}[    0.700000] ok 1 spool\n`;
  await place.write('good.log', inside('[    0.600000]     ok 2 stops # SKIP no brake\n'));
  const good = await place.run('log', '--ktap', 'good.log');
  t.is(good.code, 0);
  t.is(good.out, 'good.log:6: skip: spool / stops: no brake');
  t.is(good.err, '2 tests: 1 passed, 1 skipped');
  await place.write('crash.log', inside(`${log}[    1.100000]     ok 2 stops\n`));
  const crash = await place.run('log', '--ktap', 'crash.log');
  t.is(crash.code, 1);
  t.regex(crash.out, /^crash\.log:8: crash: spool \/ stops: WARNING at kernel\/spool\.c:12 in wind$/m);
  await place.write('short.log', inside(''));
  const json = await place.run('log', '--ktap', '--json', 'short.log');
  t.is(json.code, 1);
  const { cases } = JSON.parse(json.out) as { cases: { path: string[]; outcome: string; problem?: string }[] };
  t.like(cases[1], { path: ['spool', 'test 2'], outcome: 'fail', problem: 'missing' });
  t.is((await place.run('log', '--ktap', '--build', 'good.log')).code, 2);
});
