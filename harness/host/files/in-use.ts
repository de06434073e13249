import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isLeftOver, processSpace } from './owner.ts';
import { cachePaths } from './paths.ts';

/** Where processes say that they use a cache: a file each, which is as old as the process. */
function usersOf(root: string): string {
  return path.join(root, 'locks', 'users');
}

function ownMark(root: string): string {
  return path.join(usersOf(root), `${processSpace()}-${process.pid}`);
}

const noted = new Set<string>();

/** The cache that this process uses. */
export function usedCache(): string {
  return [...noted].at(-1) ?? cachePaths(process.env).root;
}

/** Notes that this process uses a cache until it ends. Never complains: whoever works there says what is wrong with it. */
export function noteUse(root: string): void {
  if (noted.has(root)) return;
  noted.add(root);
  const mark = ownMark(root);
  try {
    mkdirSync(path.dirname(mark), { recursive: true });
    writeFileSync(mark, '');
    process.once('exit', () => rmSync(mark, { force: true }));
  } catch {
    noted.delete(root);
  }
}

/**
 * When the oldest other process that uses a cache began, in milliseconds of the epoch; undefined when there is none. What
 * killed processes left is removed.
 */
export async function usedSince(root: string): Promise<number | undefined> {
  const directory = usersOf(root);
  let oldest: number | undefined;
  for (const name of await readdir(directory).catch(() => [])) {
    const [, space, pid] = /^([0-9a-f]{6})-(\d+)$/.exec(name) ?? [];
    const file = path.join(directory, name);
    if (space === undefined || file === ownMark(root)) continue;
    if (await isLeftOver(file, { space, pid: Number(pid) })) {
      await rm(file, { force: true }).catch(() => undefined);
      continue;
    }
    const since = (await stat(file).catch(() => undefined))?.mtimeMs;
    if (since !== undefined) oldest = Math.min(oldest ?? since, since);
  }
  return oldest;
}
