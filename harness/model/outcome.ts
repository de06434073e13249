/** The stages of a cell, in the order in which they run. */
export const stageNames = ['fetch', 'apply', 'configure', 'build', 'image', 'boot', 'test'] as const;
export type StageName = (typeof stageNames)[number];

/**
 * What came of a stage, a cell or a case. Nothing is wrong with `skip` and `not-covered`, but only `pass` is a pass: a cell
 * that is not covered has a kernel in which nothing of its patch was compiled. `known` failed in a way that the project file
 * knows, and does not count.
 */
export type Outcome = 'pass' | 'known' | 'fail' | 'skip' | 'not-covered' | 'crash' | 'timeout' | 'not-run';

/** Whether nothing counts against it, as far as was looked; only `pass` is a pass. */
export function isGood(outcome: Outcome): boolean {
  return outcome === 'pass' || outcome === 'known' || outcome === 'skip' || outcome === 'not-covered';
}
