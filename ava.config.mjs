/** The longest one first: what it builds, the tests of the real tree find in the store or in ccache. */
const first = 'container-series.test.ts';

export default {
  files: ['tests/unit/**/*.test.ts', 'tests/pipeline/**/*.test.ts', 'tests/e2e/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  require: ['./tests/support/completion.ts'],
  workerThreads: false,
  sortTestFiles: (one, other) => Number(other.endsWith(first)) - Number(one.endsWith(first)),
  // No shorter than what a test asks for: see kernelTimeoutMs in tests/support/kernels.ts.
  timeout: '60m',
  concurrency: 2,
};
