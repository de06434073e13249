/** Suites that are no files of cases: each kind has a runner of its own. */
const suiteKinds = ['program', 'kunit', 'kselftest'] as const;
export type SuiteKind = (typeof suiteKinds)[number];

/** Reads `kunit:list_test`; undefined for the path of a file. */
export function suiteKind(word: string): { readonly kind: SuiteKind; readonly what: string } | undefined {
  const [prefix = ''] = word.split(':', 1);
  const kind = suiteKinds.find((one) => one === prefix);
  return kind === undefined || word.length <= prefix.length + 1
    ? undefined
    : { kind, what: word.slice(prefix.length + 1) };
}
