import { UserError } from '../model/index.ts';

/** A line of a quilt `series` file. */
export interface QueueEntry {
  /** Path of the patch relative to the queue's directory. */
  readonly name: string;
  /** Line in the `series` file, from 1. */
  readonly line: number;
}

/**
 * Reads a quilt `series` file: one patch a line, `#` begins a comment, `-p1` may follow a name.
 *
 * Throws UserError with file and line for another option, a name outside of the queue's directory, a name that stands
 * there twice, and a file that names no patch.
 */
export function parseQueue(text: string, file: string): QueueEntry[] {
  const entries = new Map<string, QueueEntry>();
  for (const [index, raw] of text.split('\n').entries()) {
    const location = { file, line: index + 1 };
    const [name, ...options] = raw
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (name === undefined || name === '') continue;
    for (const option of options) {
      if (option === '-p1') continue;
      throw new UserError(`option ${option} of patch ${name} is not supported, only -p1 is`, {
        code: 'QB-QUEUE',
        location,
        hint: 'refresh the patch with paths that begin with a/ and b/: quilt refresh -p1',
      });
    }
    if (name.startsWith('/') || name.split('/').includes('..')) {
      throw new UserError(`patch ${name} is outside of the directory of the series`, { code: 'QB-QUEUE', location });
    }
    const earlier = entries.get(name);
    if (earlier !== undefined) {
      throw new UserError(`patch ${name} stands in the series twice, first in line ${earlier.line}`, {
        code: 'QB-QUEUE',
        location,
      });
    }
    entries.set(name, { name, line: index + 1 });
  }
  if (entries.size === 0) {
    throw new UserError('the series file names no patch', {
      code: 'QB-QUEUE',
      location: { file },
      hint: 'write one patch file name on each line, in the order in which they apply',
    });
  }
  return [...entries.values()];
}
