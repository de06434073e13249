/**
 * Loaded into every process of tests. It records how long the file took (scripts/test/table.ts prints the table), and
 * fails a process that does not end by itself after its last test: ava would wait for it without end and without a word.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { registerCompletionHandler } from 'ava';
import { descendants } from './processes.ts';

/** How long the processes that a test has let go may take to end. */
const graceMs = 30_000;

async function fail(): Promise<void> {
  const resources = process.getActiveResourcesInfo().join(', ');
  const processes = (await descendants(process.pid)).map(({ name, pid }) => `${name} (${pid})`).join(', ');
  const had = `${resources}; processes: ${processes || 'none'}`;
  console.error(`still busy ${graceMs / 1000} s after the last test; let the test that began it end it: ${had}`);
  process.exit(1);
}

/** Seconds of CPU of this process and of every process below it that has ended. */
function cpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // proc(5): utime, stime, cutime and cstime are fields 14 to 17; the name, field 2, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

function record(to: string): void {
  const own = path.relative(process.cwd(), fileURLToPath(test.meta.file));
  // Compiled tests are told by the names of their sources.
  const file = own.replace(/^dist\/(.*)\.js$/, '$1.ts');
  appendFileSync(to, `${JSON.stringify({ file, seconds: process.uptime(), cpu: cpuSeconds() })}\n`);
}

registerCompletionHandler(() => {
  const times = process.env['QUILTBOOT_TEST_TIMES'];
  if (times !== undefined) record(times);
  setTimeout(() => void fail(), graceMs).unref();
});
