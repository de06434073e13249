import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { listHostile, sizeOfHostile } from '../files/hostile.ts';

/** What the machine itself says of its resources; nothing in it comes from what a build printed. */
export interface MachineState {
  /** Bytes that may still be written where builds are. */
  readonly freeBytes: number;
  /** Bytes of memory that can be had without swapping. */
  readonly availableMemory: number;
  /** How many processes the kernel has killed for want of memory since it started. */
  readonly outOfMemoryKills: number;
}

/** Looks at the machine; `directory` names the file system. */
export async function lookAtMachine(directory: string): Promise<MachineState> {
  const [disk, memory, counters] = await Promise.all([
    statfs(directory),
    readFile('/proc/meminfo', 'utf8').catch(() => ''),
    readFile('/proc/vmstat', 'utf8').catch(() => ''),
  ]);
  const available = /^MemAvailable: +(\d+) kB$/m.exec(memory)?.[1];
  return {
    freeBytes: disk.bavail * disk.bsize,
    availableMemory: available === undefined ? Number.POSITIVE_INFINITY : Number(available) * 1024,
    outOfMemoryKills: Number(/^oom_kill (\d+)$/m.exec(counters)?.[1] ?? 0),
  };
}

/** What the system says when a file is written in a directory of ours; undefined when that works. */
export async function writeProblem(directory: string): Promise<string | undefined> {
  const file = path.join(directory, 'probe');
  try {
    await writeFile(file, Buffer.alloc(65_536, 1), { flush: true });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await rm(file, { force: true });
  }
}

/** Bytes on the disk of the largest file below a directory that a build wrote. */
export async function largestFile(directory: string, below = ''): Promise<number> {
  let largest = 0;
  for (const entry of await listHostile(directory, below)) {
    const file = path.join(below, entry.name);
    const size = entry.isDirectory() ? await largestFile(directory, file) : await sizeOfHostile(directory, file);
    largest = Math.max(largest, size);
  }
  return largest;
}
