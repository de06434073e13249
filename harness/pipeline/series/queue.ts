import path from 'node:path';
import { listFiles } from '../../host/files/list.ts';
import { readText } from '../../host/files/read.ts';
import { defined, type SourceLocation, suggest, UserError } from '../../model/index.ts';
import { parseQueue, type QueueEntry } from '../../series/queue.ts';

/** A patch of a queue that is there. */
export interface QueueFile extends QueueEntry {
  /** Absolute. */
  readonly path: string;
}

/** The entries of a quilt queue, each with the absolute path of a patch file that is there. */
export async function readQueueFile(directory: string, what: string, location?: SourceLocation): Promise<QueueFile[]> {
  const file = path.join(directory, 'series');
  const text = await readText(file);
  if (text === undefined) {
    throw new UserError(`${what} has no series file: expected ${file}`, {
      code: 'QB-NAME',
      hint: 'a quilt queue is a directory with a file named series that lists the patches, one a line',
      ...defined({ location }),
    });
  }
  const there = new Set(await listFiles(directory));
  return parseQueue(text, file).map((entry) => {
    const full = path.join(directory, entry.name);
    if (there.has(full)) return { ...entry, path: full };
    const names = [...there].map((name) => path.relative(directory, name)).filter((name) => name !== 'series');
    throw new UserError(`patch ${entry.name} is listed in the series but missing from ${directory}`, {
      code: 'QB-QUEUE',
      location: { file, line: entry.line },
      hint: suggest(entry.name, names),
    });
  });
}
