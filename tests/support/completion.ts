/**
 * Loaded into every process of tests. One that does not end by itself after its last test would hold `npm test` up for
 * good and without a word, since ava waits for it: it is told what keeps it, and fails.
 */
import { registerCompletionHandler } from 'ava';
import { descendants } from './processes.ts';

/** How long what a test has let go may take to end. */
const graceMs = 30_000;

async function fail(): Promise<void> {
  const resources = process.getActiveResourcesInfo().join(', ');
  const processes = (await descendants(process.pid)).map(({ name, pid }) => `${name} (${pid})`).join(', ');
  const had = `${resources}; processes: ${processes || 'none'}`;
  console.error(`still busy ${graceMs / 1000} s after the last test; let the test that began it end it: ${had}`);
  process.exit(1);
}

registerCompletionHandler(() => {
  setTimeout(() => void fail(), graceMs).unref();
});
