import path from 'node:path';
import { groups } from './tests/groups.mjs';

/** `npm test` compiles the tests first (scripts/test/compile.ts); `npx ava` runs their sources. */
const compiled = process.env.QUILTBOOT_TESTS_COMPILED === '1';
const place = (name) => (compiled ? path.join('dist', name.replace(/\.ts$/, '.js')) : name);

/** Where the patterns of each group begin to be patterns. */
const prefixes = Object.values(groups).map((patterns) => patterns.map((pattern) => place(pattern.split('*')[0])));

/** The place of a test file's group in the order of the groups; of several, the first. */
function rank(file) {
  const name = path.relative(import.meta.dirname, file);
  return prefixes.findIndex((starts) => starts.some((start) => name.startsWith(start)));
}

export default {
  files: Object.values(groups).flat().map(place),
  extensions: compiled ? ['js'] : { ts: 'module' },
  nodeArguments: compiled ? [] : ['--import=tsx'],
  require: [`./${place('tests/support/completion.ts')}`],
  workerThreads: false,
  sortTestFiles: (one, other) => rank(one) - rank(other),
  // No shorter than what a test asks for: see kernelTimeoutMs in tests/support/kernels.ts.
  timeout: '60m',
  concurrency: 2,
};
