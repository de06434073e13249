import { readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { defined, HostError, UserError } from '../../model/index.ts';
import { withHostErrors } from '../files/errors.ts';
import { hashFile, hashValues } from '../files/hash.ts';
import { readKept } from '../files/kept.ts';
import { exists } from '../files/kind.ts';
import { withLock } from '../files/lock.ts';
import { markUsed } from '../files/usage.ts';
import { ensureDirectory, writeJson } from '../files/write.ts';
import { mustRun, runProcess } from '../process.ts';
import {
  type DebianFile,
  explainAptFailure,
  isUnknownPackage,
  parseDownloadStatus,
  parsePrintedUri,
} from './apt-output.ts';
import {
  type AptState,
  backports,
  dayMs,
  nativeArchitecture,
  privateState,
  systemStamp,
  systemState,
} from './apt-state.ts';

export type { DebianFile } from './apt-output.ts';

export interface DebianPackageRequest {
  readonly name: string;
  /** The candidate of the machine's package sources when not given. */
  readonly version?: string;
  /** Debian's name (`s390x`, `i386`); the machine's own when not given. */
  readonly architecture?: string;
  /** Debian's name of a release (`trixie`) that is asked instead of the machine's package sources. */
  readonly release?: string;
}

export interface AptOptions {
  readonly signal: AbortSignal;
  /** Private lists of foreign architectures are kept below it. */
  readonly cacheDirectory: string;
  /** Takes what the user should know. */
  readonly warn: (text: string) => void;
  /** Called with 0 to 1 while a download goes on. */
  readonly onProgress?: (fraction: number) => void;
}

/** An answer of the machine's own lists, and what these were like then. */
const memoShape = z.object({
  stamp: z.string(),
  file: z.object({
    url: z.string(),
    fileName: z.string(),
    version: z.string(),
    size: z.number(),
    sha256: z.string().exactOptional(),
  }),
});

/**
 * Finds the file of a package in apt's signed lists, without downloading it.
 *
 * The machine's own lists are asked first (never changed); a private copy, made without root, answers for a foreign
 * architecture, for another release, and where the machine has no lists. As apt takes a second to read its lists, an answer of the machine's own
 * lists is kept until these change, and one of private lists for a day. Throws UserError for an unknown package, HostError when the archive
 * can't be reached.
 */
export async function resolveDebianPackage(request: DebianPackageRequest, options: AptOptions): Promise<DebianFile> {
  const { cacheDirectory } = options;
  const stamp = await systemStamp();
  // Lists of our own are brought up to date once a day.
  const today = `${stamp}, ${Math.floor(Date.now() / dayMs)}`;
  const memo = path.join(cacheDirectory, 'apt', 'resolved', `${hashValues(request)}.json`);
  const broken = { tell: options.warn, then: 'the package is looked up again' };
  const kept = await readKept(memo, memoShape, broken);
  if (kept?.stamp === stamp || kept?.stamp === today) return kept.file;
  const { state, file } = await resolve(request, options);
  await writeJson(memo, { stamp: state === systemState ? stamp : today, file });
  return file;
}

/**
 * Downloads a binary package into `directory` without root and without touching the system's own apt state.
 *
 * A file that is there already is used again once its sum is right. Two processes may do it at once. Throws UserError
 * for an unknown package, HostError for a failed download (retryable when the network is to blame).
 */
export async function downloadDebianPackage(
  request: DebianPackageRequest & { readonly directory: string },
  options: AptOptions,
): Promise<{ file: string; version: string; sha256?: string }> {
  const { directory } = request;
  await ensureDirectory(directory);
  const purpose = `downloading ${describe(request)}`;
  const lock = path.join(options.cacheDirectory, 'locks', `package-${hashValues(request).slice(0, 16)}.lock`);
  return withLock({ file: lock, signal: options.signal, purpose }, async () => {
    const kept = await findKept(request, directory);
    if (kept !== undefined) return kept;
    const resolved = await resolve(request, options);
    const first = await tryDownload(request, resolved, options);
    if (typeof first !== 'string') return first;
    // Lists that are a day old may name a file that the archive has replaced since: ask once more with new ones.
    const again = await resolve(request, options, true);
    const second = await tryDownload(request, again, options);
    if (typeof second !== 'string') return second;
    throw explainAptFailure(describe(request), second, request.release);
  });
}

/** Unpacks a package's files below `directory`, as `dpkg-deb -x` does. */
export async function unpackDebianPackage(
  file: string,
  directory: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  await ensureDirectory(directory);
  const { signal } = options;
  await mustRun(
    { argv: ['dpkg-deb', '-x', file, directory], ...defined({ signal }) },
    `unpacking ${path.basename(file)}`,
  );
}

interface Resolution {
  readonly state: AptState;
  readonly file: DebianFile;
}

/** Looks in the machine's package sources, and for what is not there in the backports of its release. */
async function resolve(request: DebianPackageRequest, options: AptOptions, renew = false): Promise<Resolution> {
  try {
    return await resolveIn(request, options, renew);
  } catch (error) {
    const release = request.release === undefined ? await backports() : undefined;
    if (!(error instanceof UserError) || release === undefined) throw error;
    try {
      const found = await resolveIn({ ...request, release }, options, renew);
      options.warn(`${describe(request)} is not in the package sources of this machine: it comes from ${release}`);
      return found;
    } catch {
      throw error;
    }
  }
}

async function resolveIn(request: DebianPackageRequest, options: AptOptions, renew: boolean): Promise<Resolution> {
  const { signal, cacheDirectory } = options;
  const native = await nativeArchitecture(signal);
  const architecture = request.architecture ?? native;
  if (architecture === native && request.release === undefined && !renew) {
    const { file } = await ask(systemState, request, signal);
    if (file !== undefined) return { state: systemState, file };
  }
  const state = await privateState({ architecture, ...defined({ release: request.release }) }, cacheDirectory, signal);
  let updated = await state.update(renew);
  let answer = await ask(state, request, signal);
  if (answer.file === undefined && isUnknownPackage(answer.output) && updated === '' && !renew) {
    updated = await state.update(true);
    answer = await ask(state, request, signal);
  }
  if (answer.file !== undefined) return { state, file: answer.file };
  // Without any list apt calls every package unknown; what hindered the update is then the reason.
  const unreachable = updated !== '' && !/^(Get|Hit):/m.test(updated);
  throw explainAptFailure(describe(request), unreachable ? updated : answer.output, request.release);
}

async function ask(
  state: AptState,
  request: DebianPackageRequest,
  signal: AbortSignal,
): Promise<{ file: DebianFile | undefined; output: string }> {
  const argv = ['apt-get', ...state.options, 'download', '--print-uris', '--', packageArgument(request)] as const;
  const result = await runProcess({ argv: [...argv], signal });
  const file = result.exitCode === 0 ? parsePrintedUri(result.stdout) : undefined;
  return { file, output: result.stdout + result.stderr };
}

/** Resolves with what apt printed when the download failed. */
async function tryDownload(
  request: DebianPackageRequest & { readonly directory: string },
  { state, file }: Resolution,
  { signal, onProgress }: AptOptions,
): Promise<{ file: string; version: string; sha256?: string } | string> {
  const { version, sha256 } = file;
  const target = path.join(request.directory, file.fileName);
  const found = { file: target, version, ...defined({ sha256 }) };
  if ((await exists(target)) && (sha256 === undefined || (await hashFile(target)) === sha256)) return found;
  // A directory of its own keeps a partial file from ever looking like the package, and lets apt resume it.
  const partial = await ensureDirectory(path.join(request.directory, `.partial-${file.fileName}`));
  const pinned = packageArgument({ ...request, version });
  const result = await runProcess({
    argv: ['apt-get', ...state.options, '-q', '-o', 'APT::Status-Fd=2', 'download', '--', pinned],
    cwd: partial,
    signal,
    onLine: (line) => {
      const fraction = parseDownloadStatus(line);
      if (fraction !== undefined) onProgress?.(fraction);
    },
  });
  const downloaded = path.join(partial, file.fileName);
  if (result.exitCode !== 0) return result.stdout + result.stderr;
  const actual = await hashFile(downloaded);
  if (sha256 !== undefined && actual !== sha256) {
    await rm(partial, { recursive: true, force: true });
    throw new HostError(`${file.url} has the wrong content: sha256 ${actual}, expected ${sha256}`, {
      code: 'QB-DOWNLOAD',
      retryable: true,
    });
  }
  await withHostErrors(`keep ${target}`, () => rename(downloaded, target));
  await rm(partial, { recursive: true, force: true });
  return found;
}

/** A pinned version that was downloaded before needs neither lists nor network. */
async function findKept(
  request: DebianPackageRequest,
  directory: string,
): Promise<{ file: string; version: string } | undefined> {
  if (request.version === undefined) return undefined;
  const stem = `${request.name}_${request.version.replaceAll(':', '%3a')}_`;
  const endings = request.architecture === undefined ? undefined : [`${request.architecture}.deb`, 'all.deb'];
  const name = (await readdir(directory)).find(
    (entry) =>
      entry.startsWith(stem) &&
      (endings === undefined ? entry.endsWith('.deb') : endings.includes(entry.slice(stem.length))),
  );
  if (name === undefined) return undefined;
  const file = path.join(directory, name);
  await markUsed(file);
  return { file, version: request.version };
}

/** apt takes what begins with a dash for an option, wherever it stands. */
function packageArgument({ name, version }: DebianPackageRequest): string {
  return version === undefined ? name : `${name}=${version}`;
}

function describe({ name, version, architecture, release }: DebianPackageRequest): string {
  const from = [architecture, release].filter((word) => word !== undefined).join(', ');
  return `${name}${version === undefined ? '' : `=${version}`}${from === '' ? '' : ` (${from})`}`;
}
