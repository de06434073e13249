import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { withHostErrors } from './files.ts';

export interface TreeFile {
  /** Relative to the directory, with `/`. */
  readonly path: string;
  readonly data: Buffer;
}

/** All regular files below a directory, sorted by path. Links are not followed. */
export async function readTree(directory: string, wanted: (path: string) => boolean = () => true): Promise<TreeFile[]> {
  return await withHostErrors(`read ${directory}`, async () => {
    const names = (await readdir(directory, { recursive: true })).sort();
    const files: TreeFile[] = [];
    for (const name of names) {
      if (!wanted(name)) continue;
      const file = path.join(directory, name);
      if ((await lstat(file)).isFile()) files.push({ path: name, data: await readFile(file) });
    }
    return files;
  });
}

/** Changes whenever a program is replaced: cheaper than asking it for its version. */
export async function fileStamp(file: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(file);
  return `${size}:${mtimeMs}:${ino}`;
}
