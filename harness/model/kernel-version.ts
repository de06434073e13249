/**
 * Whether a kernel version comes before another; release candidates count as the version that they lead to, and so do
 * suffixes of distributors. `2.6.22-rc6-mm1` is before `2.6.24`; `6.1.192` is not before `3.2`.
 */
export function isBefore(kernelVersion: string, limit: string): boolean {
  const left = numbers(kernelVersion);
  const right = numbers(limit);
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function numbers(version: string): number[] {
  const head = /^\d+(\.\d+)*/.exec(version)?.[0] ?? '';
  return head === '' ? [] : head.split('.').map(Number);
}

/** Kernel versions from one on, up to one, both included; an end that is missing is open. `6.9` holds 6.9.12 as well. */
export interface VersionRange {
  readonly from?: string;
  readonly to?: string;
}

export function isWithin(kernelVersion: string, { from, to }: VersionRange): boolean {
  if (from !== undefined && isBefore(kernelVersion, from)) return false;
  if (to === undefined) return true;
  // Only as many numbers count as the limit has.
  const shortened = numbers(kernelVersion).slice(0, numbers(to).length).join('.');
  return !isBefore(to, shortened);
}
