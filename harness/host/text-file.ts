import { readFile } from 'node:fs/promises';

/** The file's text, or undefined when it can't be read. */
export async function readTextIfThere(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}
