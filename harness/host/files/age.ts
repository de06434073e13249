import { stat } from 'node:fs/promises';

/** Whether a file was not changed for some time (milliseconds), or isn't there. */
export async function isOlder(file: string, ms: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined || Date.now() - found.mtimeMs > ms;
}
