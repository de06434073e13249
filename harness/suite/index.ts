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
import { type CaseBody, type CaseOptions, type Dialect, declareCase } from './registry.ts';

export interface Test<D extends Dialect = Dialect, Difference extends string = string> {
  (name: string, body: CaseBody<D>): void;
  (name: string, options: CaseOptions<Difference>, body: CaseBody<D>): void;
}

/**
 * Begins a suite: options hold for each of its cases. `D` is what the dialects of its directory have in common,
 * `Difference` the names of their differences.
 */
export function suite<D extends Dialect = Dialect, Difference extends string = string>(
  suiteOptions: CaseOptions<Difference> = {},
): { readonly test: Test<D, Difference> } {
  const test: Test<D, Difference> = (
    name: string,
    first: CaseOptions<Difference> | CaseBody<D>,
    second?: CaseBody<D>,
  ): void => {
    const options = typeof first === 'function' ? {} : first;
    const body = typeof first === 'function' ? first : second;
    // The dialect that a case is handed is the one that its suite's directory brings.
    declareCase(name, suiteOptions, options, body as CaseBody);
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
export type { CaseBody, CaseContext, CaseOptions, Dialect } from './registry.ts';
export { test };
