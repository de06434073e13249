import { constants, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { defined, HostError, type SourceLocation, UserError } from '../../model/index.ts';
import { isDirectory, isLink } from './kind.ts';
import { removePath } from './remove.ts';
import { makeDirectories, temporaryName, writeEmpty } from './write.ts';

/**
 * What a path has to be: a file or a directory that is there, or one that can be made (which may be there already).
 */
export type PathKind = 'file' | 'directory' | 'new-file' | 'new-directory';

export interface UserPath {
  /** Absolute. */
  readonly path: string;
  /** What the user means by it, for messages: `kernel image`. */
  readonly what: string;
  /** What to do when it is not there. */
  readonly hint?: string;
  /** Where it is written, for a path of the project file. */
  readonly location?: SourceLocation;
}

/** Errors that are the path's, not the machine's: another path helps. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'that place holds no new files or directories',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'a part of the path is not a directory',
  ELOOP: 'its symbolic links form a loop',
  EACCES: 'permission denied',
  EPERM: 'not permitted there',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  EINVAL: 'not a valid name there',
  ERR_INVALID_ARG_VALUE: 'not a valid name',
};

/**
 * The door for paths that a user names, on the command line or in the project file. Each is checked once, before any
 * work. Throws UserError when it is not what is expected, HostError when the machine can't tell.
 */
export async function userPath(kind: PathKind, wanted: UserPath): Promise<string> {
  if (kind === 'file' || kind === 'directory') await checkThere(kind, wanted);
  else await checkCanBeMade(kind, wanted);
  return wanted.path;
}

async function checkThere(kind: 'file' | 'directory', wanted: UserPath): Promise<void> {
  const { path: name, what } = wanted;
  const found = await refusing(wanted, `read the ${what} ${name}`, () => statOrNone(name));
  if (found === undefined) throw mistake(wanted, `there is no ${what} ${name}`);
  const is = kindOf(found);
  if (is !== kind) throw mistake(wanted, `${name} is a ${is}, expected ${article(what)}`);
  const needed = kind === 'file' ? constants.R_OK : constants.R_OK | constants.X_OK;
  await refusing(wanted, `read the ${what} ${name}`, () => access(name, needed));
}

/** Tries it out and leaves nothing: neither permissions nor the kind of a file system tell for certain. */
async function checkCanBeMade(kind: 'new-file' | 'new-directory', wanted: UserPath): Promise<void> {
  const { path: name, what } = wanted;
  const found = await refusing(wanted, `write the ${what} ${name}`, () => statOrNone(name));
  if (found !== undefined && found.isDirectory() !== (kind === 'new-directory'))
    throw mistake(wanted, `${name} is a ${kindOf(found)}, expected ${article(what)}`);
  // A device or a pipe takes what is written; nothing is made beside it.
  if (kind === 'new-file' && found !== undefined && !found.isFile()) return;
  const directory = kind === 'new-directory' ? name : path.dirname(name);
  await refusing(wanted, `write the ${what} ${name}`, async () => {
    const { there, missing } = await deepestThere(directory);
    const probe = temporaryName(path.join(there, 'probe'));
    try {
      await makeDirectories(path.join(probe, missing));
      await writeEmpty(path.join(probe, missing, 'file'));
    } finally {
      await removePath(probe);
    }
  });
}

/**
 * The directory that is there already and what has to be made below it. The directories themselves are not made to try
 * it out: another process that tries the same at this moment would find them half the time, and lose them again.
 */
async function deepestThere(directory: string): Promise<{ readonly there: string; readonly missing: string }> {
  let there = directory;
  // A link that leads nowhere is there, and is no directory.
  while ((await statOrNone(there)) === undefined && !(await isLink(there))) there = path.dirname(there);
  if (!(await isDirectory(there))) throw Object.assign(new Error(`${there} is no directory`), { code: 'ENOTDIR' });
  return { there, missing: path.relative(there, directory) };
}

async function statOrNone(name: string): Promise<Stats | undefined> {
  return stat(name).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  });
}

function kindOf(found: Stats): string {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'directory';
  return found.isFIFO() ? 'pipe' : found.isSocket() ? 'socket' : 'device';
}

async function refusing<T>(wanted: UserPath, what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const { code, message } = (error instanceof HostError ? error.cause : error) as NodeJS.ErrnoException;
    const reason = code === undefined ? undefined : reasons[code];
    if (reason !== undefined) throw mistake(wanted, `cannot ${what}: ${reason}`, error);
    throw error instanceof HostError
      ? error
      : new HostError(`cannot ${what}: ${message}`, { code: 'QB-DISK', cause: error });
  }
}

function mistake({ hint, location }: UserPath, text: string, cause?: unknown): UserError {
  return new UserError(text, { ...defined({ hint, location }), cause });
}

function article(what: string): string {
  return `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`;
}
