import { type FragmentOption, formatOption, sameValue } from './fragment.ts';

type Options = ReadonlyMap<string, FragmentOption>;

/** An option that two configurations ask for in different ways; undefined where one does not speak of it. */
export interface OptionDifference {
  readonly symbol: string;
  readonly good: FragmentOption | undefined;
  readonly bad: FragmentOption | undefined;
}

/**
 * What differs between `good` and `bad`, each put over `base`, in the order of `bad`. An option that is not spoken of
 * and one that is asked to be off are the same: kconfig begins with everything off.
 */
export function changesBetween(base: Options, good: Options, bad: Options): OptionDifference[] {
  const symbols = [...new Set([...bad.keys(), ...good.keys()])];
  return symbols
    .map((symbol) => ({
      symbol,
      good: good.get(symbol) ?? base.get(symbol),
      bad: bad.get(symbol) ?? base.get(symbol),
    }))
    .filter((change) => !sameValue(change.good?.value ?? 'n', change.bad?.value ?? 'n'));
}

/** The text of a fragment: the base, what is good over it, and over that the chosen changes. */
export function mergedText(base: Options, good: Options, changes: readonly OptionDifference[]): string {
  const merged = new Map<string, FragmentOption | undefined>([...base, ...good]);
  for (const { symbol, bad } of changes) merged.set(symbol, bad);
  return [...merged.values()]
    .filter((option) => option !== undefined)
    .map((option) => `${formatOption(option)}\n`)
    .join('');
}

/** `CONFIG_A=y, where the good one has CONFIG_A=n (debug.config:3)`. */
export function describeChange({ symbol, good, bad }: OptionDifference): string {
  const value = (option: FragmentOption | undefined): string => option?.value ?? 'n';
  const place = bad === undefined ? '' : ` (${bad.file}:${bad.line})`;
  return `CONFIG_${symbol}=${value(bad)}, where the good one has ${value(good)}${place}`;
}
