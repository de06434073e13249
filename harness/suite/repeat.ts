import { growingSlabs, readSlabs, type SlabGrowth } from '../guest/slab.ts';
import type { Guest } from '../model/index.ts';

/** Repetitions before the first look, in which caches fill. */
const warmUp = 3;
/** Most caches that are named. */
const mostNamed = 5;

/** Counts what is in use and nothing else: what can be given back is given back first. */
const look = `sync
[ -e /proc/sys/vm/drop_caches ] && echo 3 > /proc/sys/vm/drop_caches
for each in /sys/kernel/slab/*/shrink; do [ -e $each ] && echo 1 > $each; done
sleep 1
cat /proc/slabinfo
`;

/** What became of the search for leaks; the reason where it could not be made. */
export type LeakSearch = { readonly growth: readonly SlabGrowth[] } | { readonly unsearched: string };

/**
 * Runs the body of a case over and over in one guest and looks which slab caches grow each time.
 *
 * @param times repetitions between two looks of three
 * @param body rejects or gives false where the case does not pass again
 */
export async function searchByRepeating(
  guest: Guest,
  times: number,
  body: () => Promise<boolean>,
): Promise<LeakSearch> {
  const repeat = async (count: number): Promise<boolean> => {
    for (let done = 0; done < count; done += 1) if (guest.ended() || !(await body())) return false;
    return true;
  };
  const again = { unsearched: 'the case does not pass again in the same guest' };
  const counts: ReadonlyMap<string, number>[] = [];
  for (const count of [warmUp, times, times]) {
    if (!(await repeat(count))) return again;
    const slabs = readSlabs(await guest.sh(look).catch(() => ''));
    if (slabs.size === 0) return { unsearched: 'the kernel has no /proc/slabinfo' };
    counts.push(slabs);
  }
  const [first, second, third] = counts;
  return first && second && third ? { growth: growingSlabs([first, second, third], times) } : again;
}

/** `leaks each time it runs: 1 object of kmalloc-64, 2 objects of dentry`. */
export function describeGrowth(growth: readonly SlabGrowth[]): string {
  const named = growth.slice(0, mostNamed).map(({ name, each }) => `${each} object${each === 1 ? '' : 's'} of ${name}`);
  const more = growth.length > mostNamed ? [`${growth.length - mostNamed} more caches`] : [];
  return `leaks each time it runs: ${[...named, ...more].join(', ')}`;
}
