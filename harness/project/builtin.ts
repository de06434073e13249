/** The word that stands for the fragments that come with quiltboot. */
export const builtinWord = 'builtin';

/** Fragments of one era of kernels: what a guest needs, and what each target does. */
export interface BuiltinFragments {
  /** Absolute paths. */
  readonly all: readonly string[];
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

interface Era {
  /** The first version that it holds for. */
  readonly from: readonly [number, number, number];
  readonly base: string;
  /** Targets that have one; what is built only brings what it needs. */
  readonly names: readonly string[];
  /** By target, where the era's fragments lie elsewhere than its own folder's. */
  readonly targets?: Readonly<Record<string, string>>;
}

const old = ['x86_64', 'i386', 's390x'] as const;

/** Newest first. Tested: 2.6.22, 2.6.24, 6.1, 6.12; versions between take the nearest older ones. */
const eras: readonly Era[] = [
  { from: [3, 0, 0], base: '6.1', names: [...old, 'arm64', 'armhf', 'riscv64', 'ppc64le'] },
  { from: [2, 6, 24], base: '2.6.22', names: old, targets: { s390x: '2.6.24' } },
  { from: [0, 0, 0], base: '2.6.22', names: old },
];

function isFrom([major, minor, patch]: Era['from'], version: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0] = version;
  return a !== major ? a > major : b !== minor ? b > minor : c >= patch;
}

/**
 * The fragments for a family of kernels, from a folder of them. A family without a number (`next`) is of today.
 *
 * @param folder absolute path of the folder with one of each era
 */
export function builtinFragments(base: string, folder: string): BuiltinFragments {
  const version = /^\d+(?:\.\d+)*/.exec(base)?.[0].split('.').map(Number);
  const [today] = eras;
  const era = (version && eras.find(({ from }) => isFrom(from, version))) ?? today;
  if (!era) throw new Error('there is no era');
  return {
    all: [`${folder}/${era.base}/base.config`],
    targets: Object.fromEntries(
      era.names.map((name) => [name, [`${folder}/${era.targets?.[name] ?? era.base}/${name}.config`]]),
    ),
  };
}
