/** The stages of a cell, in the order in which they run. */
export const stageNames = ['fetch', 'apply', 'configure', 'build', 'image', 'boot', 'test'] as const;
export type StageName = (typeof stageNames)[number];

/** What came of a stage, a cell or a case. Only `pass` and `skip` count as good. */
export type Outcome = 'pass' | 'fail' | 'skip' | 'crash' | 'timeout' | 'not-run';
