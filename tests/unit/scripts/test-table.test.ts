import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { countAva, failuresOf } from '../../../scripts/test/count.ts';
import { readLines, timeTable } from '../../../scripts/test/table.ts';

test('the table has each step, each file with its CPU, the slowest first, and each kernel', (t) => {
  const kernel = { version: '6.1.176', target: 's390x', configuration: 'debug', objects: 812, ms: 93_400 };
  const table = timeTable({
    steps: [{ name: 'set-up', seconds: 61.25 }],
    files: [
      { file: 'tests/quick.test.ts', seconds: 1.5, cpu: 0.75 },
      { file: 'tests/other.test.ts', seconds: 1, cpu: 0.5 },
      { file: 'tests/slow.test.ts', seconds: 120, cpu: 200 },
    ],
    builds: [
      { ...kernel, point: 10, built: true },
      { ...kernel, point: 11, objects: 3, ms: 4000, built: false },
      { ...kernel, version: '6.1.99', point: 0, objects: 9, ms: 1500, built: true },
      { ...kernel, version: '6.1.99', point: 1, objects: 1, ms: 500, built: true },
    ],
  });
  t.regex(table, /^ +61\.3 +set-up$/m);
  t.regex(table, /^ +120\.0 +200\.0 {2}tests\/slow\.test\.ts\n +2\.5 +1\.3 {2}2 files of less than 2 s$/m);
  t.regex(table, /^ +93\.4 +812 {2}6\.1\.176 s390x debug point 10$/m);
  t.regex(table, /^ +4\.0 +3 {2}6\.1\.176 s390x debug point 11 \(failed\)$/m);
  t.regex(table, /^ +2\.0 +2 builds of the miniature tree$/m);
});

test('a file that nobody wrote has no lines', async (t) => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-table-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  t.deepEqual(readLines(path.join(directory, 'none')), []);
  await writeFile(path.join(directory, 'some'), '{"a":1}\n{"a":2}\n');
  t.deepEqual(readLines(path.join(directory, 'some')), [{ a: 1 }, { a: 2 }]);
  t.regex(timeTable({ steps: [], files: [], builds: [] }), /none was built$/);
});

test("ava's tests are counted by their lines, what is not right by its summary", (t) => {
  const output = '  ✔ one\n  ✔ two (1.2s)\n  ✘ [fail]: three\n  - four\n  ─\n\n  1 test failed\n  1 test skipped\n';
  t.deepEqual(countAva(output), { passed: 2, failed: 1, skipped: 1 });
  t.deepEqual(countAva('\n  ─\n\n  1 uncaught exception\n'), { passed: 0, failed: 1, skipped: 0 });
});

test('what failed is told again by name and with its account, with an end to it', (t) => {
  const told = 'one\n\n  Difference:\n  ───────\n  at three.ts:1';
  const output = `  ✔ two\n  ✘ [fail]: three\n  ✔ four\n  ─\n\n  ${told}\n\n  ─\n\n  1 test failed\n  1 test skipped\n`;
  t.is(failuresOf(output), `  ✘ [fail]: three\n\n\n  ${told}\n\n\n  1 test failed\n  1 test skipped`);
  t.regex(failuresOf(`  ✔ two\n  ─\n${'x\n'.repeat(500)}`), /\(381 more lines: see above\)$/);
});
