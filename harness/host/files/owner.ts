import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import os from 'node:os';

/** How long something of a process that can't be asked for stays, in milliseconds. */
const strangersMs = 24 * 60 * 60 * 1000;

let space: string | undefined;

/** Six hex digits for where our process numbers mean something: a cache may be shared by containers and machines. */
export function processSpace(): string {
  space ??= createHash('sha256').update(describeSpace()).digest('hex').slice(0, 6);
  return space;
}

function describeSpace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')}${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return os.hostname();
  }
}

/**
 * Whether what a process made and named after itself may be removed: that process is no more, and it was one of the same
 * user. Root could remove what another user's program works with.
 */
export async function isLeftOver(
  file: string,
  maker: { readonly space: string; readonly pid: number },
): Promise<boolean> {
  const stat = await lstat(file).catch(() => undefined);
  if (stat?.uid !== process.getuid?.()) return false;
  if (maker.space === processSpace()) return !isAlive(maker.pid);
  return Date.now() - (stat?.mtimeMs ?? 0) > strangersMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive as well.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
