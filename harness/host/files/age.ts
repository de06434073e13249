import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Whether a file was not changed for some time (milliseconds), or isn't there. */
export async function isOlder(file: string, ms: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined || Date.now() - found.mtimeMs > ms;
}

/** Names in a directory that fit; none where there is no directory. */
export async function namesLike(directory: string, name: RegExp): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((one) => name.test(one)).map((one) => path.join(directory, one));
}
