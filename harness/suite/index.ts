/**
 * The suite API. A suite is a file of cases for a booted kernel:
 *
 *     import { suite } from 'quiltboot/suite';
 *
 *     const { test } = suite({ needs: ['tasks'] });
 *
 *     test('a new container has no tasks', async (t, { guest, dialect }) => { … });
 *
 * `t` is ava's, with all its assertions. Run it by `quiltboot test --suite FILE`.
 */
import { type CaseBody, type CaseOptions, declareCase } from './registry.ts';

export interface Test {
  (name: string, body: CaseBody): void;
  (name: string, options: CaseOptions, body: CaseBody): void;
}

/** Begins a suite: options hold for each of its cases. */
export function suite(suiteOptions: CaseOptions = {}): { readonly test: Test } {
  const test: Test = (name: string, first: CaseOptions | CaseBody, second?: CaseBody): void => {
    const options = typeof first === 'function' ? {} : first;
    declareCase(name, suiteOptions, options, typeof first === 'function' ? first : (second as CaseBody));
  };
  return { test };
}

const { test } = suite();
export default test;
export {
  type CommandOutcome,
  type CommandSpec,
  type FileStat,
  type Guest,
  GuestErrno,
  type GuestFile,
  GuestGone,
  type GuestProcess,
  GuestRefusal,
  type GuestTask,
  type MountRequest,
  type Splat,
} from '../model/index.ts';
export type { FeatureState, Isolation } from '../model/suite.ts';
export type { DebugFile, Dialect, DialectDifference, HierarchyLine, Membership, SubsystemLine } from './dialect.ts';
export type { CaseBody, CaseContext, CaseOptions } from './registry.ts';
export { test };
