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
