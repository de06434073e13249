import path from 'node:path';
import { readEnd } from '../../host/files/read.ts';
import type { Run } from '../../model/index.ts';
import { type LogText, wantedLogs } from '../../report/index.ts';

/** How much of a log goes into a page, in bytes. */
const mostBytes = 128 * 1024;

/** The logs that a page of the run wants to show, from its directory; what is not there or lies outside is left out. */
export async function readLogs(run: Run, directory: string): Promise<Map<string, LogText>> {
  const logs = new Map<string, LogText>();
  for (const name of wantedLogs(run)) {
    const file = path.resolve(directory, name);
    // A stored run may come from elsewhere; it names files of its own directory only.
    if (!file.startsWith(path.resolve(directory) + path.sep)) continue;
    const end = await readEnd(file, mostBytes);
    if (end) logs.set(name, end);
  }
  return logs;
}
