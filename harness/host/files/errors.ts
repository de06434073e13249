import { defined, freeSpaceHint, HostError } from '../../model/index.ts';

const elsewhereHint = 'choose another place with QUILTBOOT_CACHE or --out';

const diskTexts: Readonly<Record<string, string>> = {
  ENOSPC: freeSpaceHint,
  EDQUOT: freeSpaceHint,
  EROFS: elsewhereHint,
  EACCES: elsewhereHint,
  EPERM: elsewhereHint,
};

/** Errors that say: no file has this name. A directory, a link that leads nowhere and a name that can't be one count. */
const absent = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/** Whether an error of the file system means that there is no such file. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && absent.has(code);
}

/** Turns an errno of the file system into a {@link HostError} that says what was tried. */
export async function withHostErrors<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw asHostError(what, error);
  }
}

/** The same for calls that nobody waits for. */
export function withHostErrorsNow<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asHostError(what, error);
  }
}

function asHostError(what: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof HostError) return error;
  return new HostError(`cannot ${what}: ${(error as Error).message}`, {
    code: 'QB-DISK',
    cause: error,
    ...defined({ hint: diskTexts[code] }),
  });
}
