import path from 'node:path';
import { groups } from './tests/groups.mjs';

/** Where the patterns of each group begin to be patterns. */
const prefixes = Object.values(groups).map((patterns) => patterns.map((pattern) => pattern.split('*')[0]));

/** The place of a test file's group in the order of the groups; of several, the first. */
function rank(file) {
  const name = path.relative(import.meta.dirname, file);
  return prefixes.findIndex((starts) => starts.some((start) => name.startsWith(start)));
}

export default {
  files: Object.values(groups).flat(),
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  require: ['./tests/support/completion.ts'],
  workerThreads: false,
  sortTestFiles: (one, other) => rank(one) - rank(other),
  // No shorter than what a test asks for: see kernelTimeoutMs in tests/support/kernels.ts.
  timeout: '60m',
  concurrency: 2,
};
