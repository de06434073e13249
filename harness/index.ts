/**
 * quiltboot as a library: the stages, the result model and the reports. `quiltboot/suite` is the other entrance, for
 * suites.
 */

export { cachePaths } from './host/files/paths.ts';
export * from './model/index.ts';
export {
  type BisectRequest,
  bisect,
  build,
  configure,
  contentsImage,
  type FinishedRun,
  fetchTree,
  type LastStage,
  loadProject,
  loadRun,
  makeImage,
  openWorktree,
  type RunRequest,
  readSeries,
  run,
  type Selection,
  select,
} from './pipeline/index.ts';
export { type ReportKind, renderReport, reportKinds } from './report/index.ts';
export { bootTargets, findBootTarget, findTarget, targets } from './targets/index.ts';
