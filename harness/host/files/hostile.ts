import { constants, type Dirent, type Stats } from 'node:fs';
import { chmod, copyFile, type FileHandle, lstat, open, readdir, readlink, rm } from 'node:fs/promises';
import path from 'node:path';
import { HostError } from '../../model/index.ts';
import { code, HostileFile, type HostilePath, missing, refuse } from './hostile-errors.ts';

/**
 * The one door to files in directories whose content others chose: build directories, checkouts of patches, unpacked
 * archives. A path is walked component by component from a directory of ours, so that neither a link nor `..` leads out of
 * it; what is opened must be a plain file of a limited size, and a pipe or device in its place holds nobody up.
 */

const mostLinks = 40;

/** A name in an open directory, whatever happens to the names above it. */
function inside(directory: FileHandle, name: string): string {
  return `/proc/self/fd/${directory.fd}/${name}`;
}

async function statOf(name: string): Promise<Stats | undefined> {
  return lstat(name).catch((error: unknown) => {
    if (missing.has(code(error))) return undefined;
    throw error;
  });
}

/** The directories from the root down to where the walk is. */
class Walk {
  private readonly request: HostilePath;
  private readonly open: FileHandle[] = [];
  private links = 0;

  constructor(request: HostilePath) {
    this.request = request;
  }

  async start(): Promise<void> {
    this.open.push(await open(this.request.root, constants.O_RDONLY | constants.O_DIRECTORY));
  }

  get here(): FileHandle {
    const last = this.open.at(-1);
    if (!last) throw new Error('the walk has not started');
    return last;
  }

  async up(): Promise<void> {
    if (this.open.length === 1) throw refuse(this.request, 'leads out of its directory');
    await this.open.pop()?.close();
  }

  async down(name: string): Promise<void> {
    const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    this.open.push(await open(inside(this.here, name), flags));
  }

  /** The components that a link stands for. */
  async follow(name: string): Promise<string[]> {
    const target = await readlink(inside(this.here, name));
    if (!this.request.links) throw refuse(this.request, `is a link (to ${target})`);
    if (target.startsWith('/')) throw refuse(this.request, `leads out of its directory (to ${target})`);
    this.links += 1;
    if (this.links > mostLinks) throw refuse(this.request, 'is a link in a circle');
    return target.split('/');
  }

  async close(): Promise<void> {
    for (const handle of this.open) await handle.close();
  }
}

/** Opens the file for reading; undefined when it isn't there. */
async function openPlain(request: HostilePath): Promise<{ handle: FileHandle; size: number } | undefined> {
  const walk = new Walk(request);
  try {
    await walk.start();
    const pending = request.file.split('/');
    for (let part = pending.shift(); part !== undefined; part = pending.shift()) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        await walk.up();
        continue;
      }
      const found = await statOf(inside(walk.here, part));
      if (!found) return undefined;
      if (found.isSymbolicLink()) pending.unshift(...(await walk.follow(part)));
      else if (found.isDirectory() && pending.length > 0) await walk.down(part);
      else return pending.length > 0 ? undefined : await openLast(request, inside(walk.here, part));
    }
    return undefined;
  } catch (error) {
    if (missing.has(code(error))) return undefined;
    if (code(error) === 'ELOOP') throw refuse(request, 'became a link while it was read');
    throw error;
  } finally {
    await walk.close();
  }
}

async function openLast(request: HostilePath, name: string): Promise<{ handle: FileHandle; size: number } | undefined> {
  const before = await statOf(name);
  if (before?.isDirectory()) return undefined;
  if (before && !before.isFile()) throw refuse(request, 'is not a plain file');
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
  const handle = await open(name, flags);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw refuse(request, 'is not a plain file');
    if (stat.size > request.limit) {
      throw refuse(request, `has ${stat.size} bytes; at most ${request.limit} are taken`);
    }
    return { handle, size: stat.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * The bytes of a file in a hostile directory; undefined when there is none.
 *
 * @throws HostileFile for anything but a plain file within the limit below the root
 */
export async function readHostile(request: HostilePath): Promise<Buffer | undefined> {
  const opened = await openPlain(request);
  if (!opened) return undefined;
  try {
    const bytes = Buffer.alloc(opened.size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await opened.handle.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await opened.handle.close();
  }
}

/** Like {@link readHostile}, as text. */
export async function readHostileText(request: HostilePath): Promise<string | undefined> {
  return (await readHostile(request))?.toString('utf8');
}

/**
 * Makes a private copy of a file of a hostile directory, sharing blocks where the file system can. Nobody may write in
 * the directory meanwhile.
 *
 * @param to absolute, in a directory of ours
 * @throws HostileFile for anything but a plain file within the limit, and when it isn't there
 * @throws HostError when the copy can't be written
 */
export async function copyHostile(request: HostilePath, to: string): Promise<void> {
  const opened = await openPlain(request);
  if (!opened) throw refuse(request, 'is not there');
  try {
    await copyFile(`/proc/self/fd/${opened.handle.fd}`, to, constants.COPYFILE_FICLONE);
    // Neither may run, as whoever it may be, what a build has left.
    await chmod(to, 0o644);
  } catch (error) {
    throw new HostError(`cannot copy ${request.file} to ${to}: ${(error as Error).message}`, {
      code: 'QB-DISK',
      cause: error,
    });
  } finally {
    await opened.handle.close();
  }
}

/**
 * The bytes of a file that a user named; a pipe or a device in its place holds nobody up.
 *
 * @param limit most bytes that are taken
 * @throws HostileFile for anything but a plain file within the limit, and when it isn't there
 */
export async function readPlain(file: string, limit: number): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY).catch(
    (error: unknown) => {
      throw new HostileFile(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
    },
  );
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new HostileFile(`${file} is not a plain file`);
    if (stat.size > limit) throw new HostileFile(`${file} has ${stat.size} bytes; at most ${limit} are taken`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The result of an action on hostile files; undefined where it came upon something that is not what it should be. */
export async function tryHostile<T>(action: () => Promise<T>): Promise<T | undefined> {
  return action().catch((error: unknown) => {
    if (error instanceof HostileFile) return undefined;
    throw error;
  });
}

/** No path of a kernel's build comes near it; a path above the system's limit can't be named at all. */
const longestPath = 2000;

/** Whole path of a place whose every directory is a directory; undefined where one is something else, or missing. */
async function locate(root: string, file: string): Promise<string | undefined> {
  const plain = path.posix.normalize(file);
  if (plain.startsWith('..')) throw new HostileFile(`${file} leads out of its directory`);
  if (Buffer.byteLength(plain) > longestPath) throw new HostileFile(`${plain.slice(0, 80)}… is too deep`);
  let at = root;
  const parts = plain.split('/').filter((part) => part !== '' && part !== '.');
  for (const part of parts.slice(0, -1)) {
    at = path.join(at, part);
    if (!(await statOf(at))?.isDirectory()) return undefined;
  }
  return path.join(at, parts.at(-1) ?? '');
}

/**
 * The entries of a directory in a hostile one, while nobody writes there; none where there is no directory.
 *
 * @throws HostileFile for one that is deeper than any build makes
 */
export async function listHostile(root: string, directory: string): Promise<Dirent[]> {
  const whole = await locate(root, directory);
  if (whole === undefined || !(await statOf(whole))?.isDirectory()) return [];
  return readdir(whole, { withFileTypes: true }).catch((error: unknown) => {
    throw new HostileFile(`${directory} cannot be read: ${(error as Error).message}`);
  });
}

/** When a file was changed last, in milliseconds of the epoch; of a link, the link itself. 0 when it isn't there. */
export async function timeOfHostile(root: string, file: string): Promise<number> {
  const whole = await locate(root, file);
  return (whole === undefined ? undefined : await statOf(whole))?.mtimeMs ?? 0;
}

/** Bytes that a file takes on the disk; 0 when it isn't there. */
export async function sizeOfHostile(root: string, file: string): Promise<number> {
  const whole = await locate(root, file);
  return ((whole === undefined ? undefined : await statOf(whole))?.blocks ?? 0) * 512;
}

/** Whether a plain file begins with one of some bytes (latin1); '' stands for an empty file. */
export async function beginsHostile(root: string, file: string, beginnings: readonly string[]): Promise<boolean> {
  const opened = await openPlain({ root, file, limit: Number.MAX_SAFE_INTEGER });
  if (!opened) return false;
  try {
    const most = Math.max(...beginnings.map(({ length }) => length));
    const { buffer, bytesRead } = await opened.handle.read(Buffer.alloc(most), 0, most, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    return beginnings.some((one) => (one === '' ? text === '' : text.startsWith(one)));
  } finally {
    await opened.handle.close();
  }
}

/** Removes a file, or a link itself. */
export async function removeHostile(root: string, file: string): Promise<void> {
  const whole = await locate(root, file);
  if (whole !== undefined) await rm(whole, { force: true });
}

/**
 * Whether a directory may hold a file: what a link stands for is taken to be there, for old trees link from the build
 * directory to the source, at a place that only the sandbox has.
 */
export async function mayHoldHostile(root: string, file: string): Promise<boolean> {
  const parts = path.posix.normalize(file).split('/');
  if (parts[0] === '..' || Buffer.byteLength(file) > longestPath) return false;
  let at = root;
  for (const part of parts) {
    at = path.join(at, part);
    const found = await statOf(at);
    if (!found?.isDirectory()) return found !== undefined;
  }
  return true;
}
