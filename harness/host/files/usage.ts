import { stat, utimes } from 'node:fs/promises';
import { runProcess } from '../process.ts';

const batch = 500;

/**
 * Bytes that files and directories take on the disk, by their absolute paths; those that are gone are left out. `du` looks at
 * many files faster than we could.
 *
 * @param timeoutMs after which those that were not reached are left out
 */
export async function diskUsage(
  paths: readonly string[],
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const end = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
  for (let at = 0; at < paths.length; at += batch) {
    const left = end === undefined ? undefined : end - performance.now();
    if (left !== undefined && left <= 0) break;
    const argv = ['du', '-skx0', '--', ...paths.slice(at, at + batch)] as const;
    // Files that are removed meanwhile make it complain, and it goes on.
    const { stdout } = await runProcess({ argv, signal, ...(left === undefined ? {} : { timeoutMs: left }) });
    for (const [, kilobytes, name] of stdout.matchAll(/(\d+)\t([^\0]*)\0/g)) {
      if (name !== undefined) sizes.set(name, Number(kilobytes) * 1024);
    }
  }
  return sizes;
}

/** When the newest of some files was changed, in milliseconds of the epoch; 0 where none is there. */
export async function newestChange(files: readonly string[]): Promise<number> {
  const times = files.map((file) =>
    stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  );
  return Math.max(0, ...(await Promise.all(times)));
}

/** Notes that something in the cache is used now, by its time. One that is not there, or is not ours, stays as it is. */
export async function markUsed(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => undefined);
}
