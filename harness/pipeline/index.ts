export { bisect } from './bisect/bisect.ts';
export { type BisectRequest } from './bisect/request.ts';
export { step } from './bisect/step.ts';
export { collectCache } from './cache/collect.ts';
export { checkNames, checkSeries } from './check/check.ts';
export { doctor } from './doctor.ts';
export { bootStage } from './guest/boot.ts';
export { contentsImage } from './guest/contents.ts';
export { debianKernel, debianPrefix } from './guest/debian-kernel.ts';
export { makeImage } from './guest/image.ts';
export { type Kernel } from './guest/kernel.ts';
export {
  type LogExtent,
  type LogSource,
  type ReadLog,
  readKernelLog,
  readLogText,
  readTestLog,
} from './guest/read-log.ts';
export { openShell } from './guest/shell.ts';
export { initCheckout } from './import/checkout.ts';
export { importBase, importSeries } from './import/import.ts';
export { addToProject, describeQueue, seriesLines } from './import/project.ts';
export { isPlace } from './import/tree.ts';
export { fixIncludes } from './includes/fix.ts';
export { lintIncludes } from './includes/lint.ts';
export { type FixMode } from './includes/queue.ts';
export { build } from './kernel/build.ts';
export { configure } from './kernel/configure.ts';
export { recordingBuilds } from './kernel/record.ts';
export { loadProject, ownFiles, placeOfRuns, projectFileName } from './project.ts';
export { checkMail } from './run/b4.ts';
export { withComparison } from './run/compare.ts';
export { appendReport, loadRun, openStoredRun, renderStored, type StoredRun, writeReport } from './run/directory.ts';
export { checkInputs, checkOutputs, type Outputs } from './run/door.ts';
export { bootKernel, testKernel } from './run/image-run.ts';
export { mergeStored } from './run/merge.ts';
export { sendToPatchwork } from './run/patchwork.ts';
export { makePlan } from './run/plan.ts';
export { buildPoint } from './run/point.ts';
export { type QueueTimes, queueEngine, queueTimes } from './run/queue/queue-engine.ts';
export { work } from './run/queue/worker.ts';
export { commandLine, type Invocation } from './run/reproduce.ts';
export { type LastStage, type RunRequest } from './run/request.ts';
export { type FinishedRun, run } from './run/run.ts';
export { type Choice, type Selection, select } from './run/select.ts';
export { readHistory, writePage } from './run/stored-runs.ts';
export { checkToolchains, oneToolchain } from './run/toolchains.ts';
export { readSeries } from './series/read.ts';
export { openWorktree } from './series/worktree.ts';
export { withSharedStore } from './shared-store.ts';
export { testStage } from './suite/stage.ts';
export { everyTarget, hostBootTarget, hostBootTargets, hostTarget, hostTargetsOf } from './targets.ts';
export { fetchTree } from './tree/fetch.ts';
export { lockRecipe, writeLock } from './tree/lock-file.ts';
export { ownVersion } from './version.ts';
