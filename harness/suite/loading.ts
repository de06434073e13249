import { pathToFileURL } from 'node:url';
import type { Cause } from '../model/index.ts';
import { loadingName, type SuiteContext, type SuiteRecord } from '../model/suite.ts';
import { describeLoadFailure } from './load.ts';
import { type Dialect, declaredCases, enterSuite, leaveSuite } from './registry.ts';

/** Loads every suite; resolves with those that cannot be used, and why. Nothing is given to ava yet: it would start. */
export async function loadSuites(
  suites: SuiteContext['suites'],
  record: (record: SuiteRecord) => void,
): Promise<Map<string, Cause>> {
  const broken = new Map<string, Cause>();
  for (const { file, name: suite, dialect } of suites) {
    const before = declaredCases().length;
    record({ type: 'loading', suite });
    const failed = await loadSuite(file, suite, dialect).then(
      () => (declaredCases().length > before ? undefined : describeLoadFailure(file, undefined)),
      (error: unknown) => describeLoadFailure(file, error),
    );
    leaveSuite();
    if (!failed) continue;
    broken.set(suite, failed);
    record({ type: 'end', result: { suite, name: loadingName, outcome: 'fail', ms: 0, cause: failed } });
  }
  return broken;
}

async function loadSuite(file: string, suite: string, dialect: string | undefined): Promise<void> {
  const chosen = dialect === undefined ? {} : ((await import(pathToFileURL(dialect).href)) as { default?: Dialect });
  enterSuite(suite, chosen.default ?? {});
  await import(pathToFileURL(file).href);
}
