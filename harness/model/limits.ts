import { UserError } from './errors.ts';
import { nearest } from './nearest.ts';

/** What one make, with everything that it starts, may use. Whatever goes beyond is the fault of what is built. */
export interface BuildLimits {
  /** How long it may take; a build that was seen to be quick gets less. */
  readonly minutes: number;
  /** Processes and threads at once. */
  readonly processes: number;
  /** MiB of address space that one process may have. */
  readonly memory: number;
  /** MiB of memory that all processes may have together. */
  readonly together: number;
  /** MiB of one file. */
  readonly file: number;
  /** MiB of everything in the build directory. */
  readonly directory: number;
  /** MiB of temporary files, which lie in memory. */
  readonly temporary: number;
  /** MiB that it may print; of less than that the log keeps the beginning and the end. */
  readonly output: number;
}

/** Several times what the largest kernels need. */
export const buildLimits: BuildLimits = {
  minutes: 60,
  processes: 2000,
  memory: 16 * 1024,
  together: 24 * 1024,
  file: 4 * 1024,
  directory: 40 * 1024,
  temporary: 2 * 1024,
  output: 1024,
};

/** A build that once took long may take so many times as long, and never less than so many minutes. */
const patience = { times: 5, leastMinutes: 20 };

/** How long a make may take, in milliseconds, where the longest one in the same directory took so long, if there was one. */
export function makeDeadlineMs({ minutes }: BuildLimits, longestMs: number | undefined): number {
  const most = minutes * 60_000;
  if (longestMs === undefined) return most;
  return Math.min(most, Math.max(patience.leastMinutes * 60_000, patience.times * longestMs));
}

/** Reads `minutes=90 file=8192`; what is not named stays as it is. @throws UserError */
export function parseLimits(text: string): BuildLimits {
  const limits: Record<string, number> = { ...buildLimits };
  for (const word of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const [name = '', value = ''] = word.split('=');
    const known = Object.keys(buildLimits);
    if (!known.includes(name)) {
      const guess = nearest(name, known);
      throw new UserError(`unknown limit "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
        code: 'QB-NAME',
        hint: `QUILTBOOT_LIMITS takes NAME=NUMBER, separated by spaces; names: ${known.join(', ')}`,
      });
    }
    const number = Number(value);
    if (!(number > 0) || !Number.isFinite(number)) {
      throw new UserError(`the limit "${name}" is ${JSON.stringify(value)}, expected a number above 0`, {
        hint: `for instance QUILTBOOT_LIMITS="${name}=${(buildLimits as unknown as Record<string, number>)[name] ?? 1}"`,
      });
    }
    limits[name] = number;
  }
  return limits as unknown as BuildLimits;
}
