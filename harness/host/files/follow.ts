import { appendFileSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withHostErrors } from './files.ts';

/** The text of a file, or undefined when there is none. */
export async function readTextIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

/** Appends at once, so that nothing is lost when this process is killed in the next moment. */
export function appendNow(file: string, text: string): void {
  appendFileSync(file, text);
}

/**
 * A new directory of our own below the system's place for temporary files. Its name tells whose it is: those of programs
 * that were killed before they could tidy up go the next time.
 */
export async function makeTemporaryDirectory(purpose: string): Promise<string> {
  await removeLeftovers();
  const prefix = path.join(os.tmpdir(), `quiltboot-${purpose}-${process.pid}-`);
  return withHostErrors(`create ${prefix}*`, () => mkdtemp(prefix));
}

let swept: Promise<void> | undefined;

/** Removes temporary directories of processes that are no more; once in a process, and never complains. */
export function removeLeftovers(): Promise<void> {
  swept ??= sweep(os.tmpdir()).catch(() => undefined);
  return swept;
}

/** Removes, in a directory, what {@link makeTemporaryDirectory} and {@link socketDirectory} made for dead processes. */
export async function sweep(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = Number(/^(?:quiltboot-[a-z]+|qb)-(\d+)-[A-Za-z0-9]{6}$/.exec(name)?.[1] ?? 0);
    if (pid > 0 && !isAlive(pid)) await removeDirectory(path.join(directory, name)).catch(() => undefined);
  }
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

export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

/** How often a followed file is looked at, in milliseconds. */
const followEveryMs = 60;

/**
 * Calls `onLine` for each whole line that others append to a file, from its beginning, until `stop` is called. `stop`
 * resolves when everything written before it was read.
 */
export function followLines(file: string, onLine: (line: string) => void): { stop(): Promise<void> } {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  let stopped = false;

  const readOn = async (): Promise<void> => {
    const handle = await open(file, 'r').catch(() => undefined);
    if (!handle) return;
    try {
      for (;;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(65_536), 0, 65_536, offset);
        if (bytesRead === 0) break;
        offset += bytesRead;
        rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      }
    } finally {
      await handle.close();
    }
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      onLine(line);
    }
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await readOn();
      await sleep(followEveryMs);
    }
    await readOn();
  };
  const done = loop();
  return {
    async stop() {
      stopped = true;
      await done;
    },
  };
}
