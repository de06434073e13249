/** What a kernel does for a word such as `kunit:list_test`. */
export interface KunitPlan {
  /** Values of `kunit.filter_glob`, each for a boot of its own; none where nothing is to be run. */
  readonly globs: readonly string[];
  /** Why nothing is to be run on this kernel. */
  readonly reason?: string;
}

/** Keeps KUnit from running in any other boot of a kernel that has it. */
export const kunitOff = ['kunit.enable=0', 'kunit.filter_glob=quiltboot_none'] as const;

/** Lets KUnit run in a boot of its own, also where the configuration leaves it off (KUNIT_DEFAULT_ENABLED). */
export const kunitOn = 'kunit.enable=1';
