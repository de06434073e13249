/**
 * Groups of test files, as patterns of ava, and which command runs which of them: one step after the other, the groups of a
 * step side by side.
 * docs/testing.md says what belongs where.
 */
export const groups = {
  /** Builds the kernels that other tests use; alone, since a build makes way for everything else that runs. */
  series: ['tests/kernel/series.test.ts'],
  /** The miniature tree and recorded logs: no kernel of real size. */
  quick: ['tests/unit/**/*.test.ts', 'tests/pipeline/**/*.test.ts', 'tests/e2e/**/*.test.ts'],
  /** What hostile patches, archives, mails, guests and servers try; with QUILTBOOT_TEST_ALL=1, thousands of made-up ones. */
  hostile: ['tests/hostile/**/*.test.ts'],
  /** What goes wrong in the middle: kills, full disks, damage. With QUILTBOOT_TEST_ALL=1, many times over. */
  faults: ['tests/faults/**/*.test.ts'],
  /** Real kernels: one case of each capability, on the kernels of the whole series for x86_64 and s390x. */
  kernel: ['tests/kernel/!(series).test.ts', 'tests/kernel/*/**/*.test.ts'],
  /** Real kernels without end: each point, target, configuration and way to bisect. */
  matrix: ['tests/matrix/**/*.test.ts'],
};

export const commands = {
  test: [['series'], ['quick', 'hostile', 'faults', 'kernel']],
  'test:all': [['series'], ['quick', 'hostile', 'kernel'], ['faults'], ['matrix']],
};
