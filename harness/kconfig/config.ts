import type { OptionChange } from '../model/index.ts';
import { type FragmentOption, sameValue } from './fragment.ts';

/** A resolved `.config`: symbols without `CONFIG_`; one that is not set or not visible is missing. */
export type ResolvedConfig = ReadonlyMap<string, string>;

/** Reads a `.config` that kconfig wrote. Lines that it doesn't know are passed over. */
export function parseConfig(text: string): ResolvedConfig {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^CONFIG_(\w+)=(.*)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== 'n') values.set(match[1], match[2] ?? '');
  }
  return values;
}

/** The options alone, sorted: equal for two configurations that build the same kernel, whatever their comments say. */
export function canonicalConfig(config: ResolvedConfig): string {
  return [...config]
    .map(([symbol, value]) => `${symbol}=${value}\n`)
    .sort()
    .join('');
}

/** Options that differ, sorted by name. */
export function configChanges(before: ResolvedConfig, now: ResolvedConfig): OptionChange[] {
  return [...new Set([...before.keys(), ...now.keys()])]
    .sort()
    .map((symbol) => ({ symbol, from: before.get(symbol) ?? null, to: now.get(symbol) ?? null }))
    .filter(({ from, to }) => from !== to);
}

/** An option that a fragment asked for and that kconfig did not grant. */
export interface LostOption extends FragmentOption {
  /** What kconfig made of it, as in a `.config`; `n` also for an option that is not visible or does not exist. */
  readonly resolved: string;
}

/** Compares what was asked for with what came out, in the order of the fragments. */
export function findLost(requested: Iterable<FragmentOption>, config: ResolvedConfig): LostOption[] {
  return [...requested]
    .map((option) => ({ ...option, resolved: config.get(option.symbol) ?? 'n' }))
    .filter((option) => !sameValue(option.value, option.resolved));
}

/** `mine.config:3: CONFIG_SMP=y was asked for, but it came out as n`. */
export function describeLost(option: LostOption): string {
  return (
    `${option.file}:${option.line}: CONFIG_${option.symbol}=${option.value} was asked for, ` +
    `but it came out as ${option.resolved}`
  );
}
