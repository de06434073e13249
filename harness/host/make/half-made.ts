import path from 'node:path';
import { beginsHostile, listHostile, removeHostile, timeOfHostile } from '../files/hostile.ts';

/**
 * Where kconfig marks changed options by touching empty files, one for each. A mark is whole as soon as it is there; were
 * it taken away, what depends on the option would not be compiled again.
 */
const marks = path.join('include', 'config');

const binaries = ['\x7fELF', '!<ar', '!<th'];

/**
 * Removes what a killed make may have left half written, of what was written since `since` (milliseconds of the epoch).
 *
 * A compiler that is killed leaves a part of an object that is newer than its source, and make takes that for whole.
 * kbuild writes `.name.cmd` after `name`, so a name that is newer than its record was not finished; what has no record
 * is suspect when it was written since that make began and is empty or a binary. `below` is relative to the directory.
 *
 * @throws HostileFile for a directory that no make leaves
 */
export async function removeHalfMade(directory: string, since: number, below = ''): Promise<void> {
  const entries = await listHostile(directory, below);
  const names = new Set(entries.map((entry) => entry.name));
  for (const entry of entries) {
    const file = path.join(below, entry.name);
    if (entry.isDirectory()) {
      if (file !== marks) await removeHalfMade(directory, since, file);
      continue;
    }
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const time = await timeOfHostile(directory, file);
    if (time < since) continue;
    const record = `.${entry.name}.cmd`;
    const unfinished = names.has(record)
      ? (await timeOfHostile(directory, path.join(below, record))) < time
      : await beginsHostile(directory, file, ['', ...binaries]);
    if (unfinished) await removeHostile(directory, file);
  }
}
