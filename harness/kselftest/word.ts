/** What `kselftest:WHAT` asks for. */
export interface KselftestWord {
  /** Directory of the collection, relative to tools/testing/selftests. */
  readonly collection: string;
  /** A test of it; all when absent. */
  readonly test?: string;
}

/** Where the collections lie in the tree. */
export const selftests = 'tools/testing/selftests';

/**
 * Reads `timers` or `timers/posix_timers`: collections may lie in one another, so those that there are decide which part
 * is the test. Undefined where there is no such collection.
 */
export function readKselftestWord(what: string, collections: readonly string[]): KselftestWord | undefined {
  const plain = what.replace(/\/+$/, '');
  if (collections.includes(plain)) return { collection: plain };
  const owner = collections
    .filter((one) => plain.startsWith(`${one}/`))
    .reduce<string | undefined>((best, one) => (best && best.length > one.length ? best : one), undefined);
  return owner === undefined ? undefined : { collection: owner, test: plain.slice(owner.length + 1) };
}
