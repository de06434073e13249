import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { emptyPlace } from '../support/program.ts';

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
