import { copyFile, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { escapingLinks, freeSpaceHint, HostError, type TreeLink, UserError } from '../../model/index.ts';
import { withHostErrors } from '../files/errors.ts';
import { hashFile } from '../files/hash.ts';
import { isPlainDirectory } from '../files/kind.ts';
import { listDirectory } from '../files/list.ts';
import { readText } from '../files/read.ts';
import { ensureDirectory } from '../files/write.ts';
import { describeEnd, mustRun, runProcess, tail } from '../process.ts';

type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd';

const magics: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** xz uses all processors only where it is told to. */
const programs: Readonly<Record<Exclude<Compression, 'none'>, readonly [string, ...string[]]>> = {
  gzip: ['gzip'],
  bzip2: ['bzip2'],
  xz: ['xz', '-T0'],
  zstd: ['zstd', '-q'],
};

/** How a file is compressed, by its first bytes: names lie. */
async function compressionOf(file: string): Promise<Compression> {
  return withHostErrors(`read ${file}`, async () => {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(6), 0, 6, 0);
      return compressionOfBytes(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  });
}

/** How bytes are compressed, by the first of them. */
export function compressionOfBytes(bytes: Uint8Array): Compression {
  return magics.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))?.[0] ?? 'none';
}

/** Writes the decompressed content of a file (which may as well be plain) to another file. */
export async function decompressFile(
  file: string,
  target: string,
  signal: AbortSignal,
  bytes = archiveBounds.file,
): Promise<void> {
  const compression = await compressionOf(file);
  if (compression === 'none') return withHostErrors(`copy ${file}`, () => copyFile(file, target));
  const script = ['sh', '-c', 'exec >"$0" "$@"', target];
  const limit = await fileLimit(bytes);
  const argv = [...limit.words, ...script, ...programs[compression], '-d', '-c', '--', file] as const;
  const result = await runProcess({ argv: [...argv], signal });
  if (limit.isOurs && isTooLarge(result.stderr, result.endedBy)) throw tooMuch(file, `more than ${bytes} bytes`);
  if (result.exitCode !== 0)
    throw await archiveFailure(
      file,
      `${programs[compression][0]} ended with status ${result.exitCode ?? '?'} ${result.endedBy ?? ''}`.trim(),
      result.stderr,
    );
}

export interface UnpackOptions {
  readonly signal: AbortSignal;
  /** Called now and then with the number of bytes written so far. */
  readonly onProgress?: (bytes: number) => void;
  readonly bounds?: typeof archiveBounds;
}

const recordBytes = 10_240;
/** Bytes of one file and of a whole source, each many times what any kernel has. */
const archiveBounds = { file: 512 * 2 ** 20, all: 12 * 2 ** 30 };
const checkpointRecords = 4096;

/**
 * Unpacks a tarball, however it is compressed, below an empty directory and resolves with the directory that holds the
 * source: the archive's single top directory where it has one.
 *
 * Throws UserError for an archive whose entries or links lead out of it, HostError for one that is damaged.
 */
export async function unpackTarball(file: string, directory: string, options: UnpackOptions): Promise<string> {
  const { onProgress, bounds = archiveBounds } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  await ensureDirectory(directory);
  const compression = await compressionOf(file);
  if (compression === 'none') await refuseMissingEnd(file);
  const filter = compression === 'none' ? [] : ['-I', programs[compression].join(' ')];
  const checkpoint = [`--checkpoint=${checkpointRecords}`, '--checkpoint-action=echo=at %u'];
  const safe = ['--no-same-owner', '--no-same-permissions', '--no-overwrite-dir', '--delay-directory-restore'];
  const limit = await fileLimit(bounds.file);
  const result = await runProcess({
    argv: [
      ...limit.words,
      'tar',
      '--extract',
      '--file',
      file,
      '--directory',
      directory,
      ...filter,
      ...safe,
      ...checkpoint,
    ],
    signal,
    onLine: (line) => {
      const record = /: at (\d+)$/.exec(line)?.[1];
      if (record === undefined) return;
      onProgress?.(Number(record) * recordBytes);
      if (Number(record) * recordBytes > bounds.all) stop.abort();
    },
  }).catch((error: unknown) => {
    if (stop.signal.aborted && !options.signal.aborted) throw tooMuch(file, `more than ${bounds.all} bytes`);
    throw error;
  });
  if (limit.isOurs && isTooLarge(result.stderr, result.endedBy))
    throw tooMuch(file, `a file of more than ${bounds.file} bytes`);
  refuseEscapes(file, result.stderr);
  if (result.exitCode !== 0) throw await archiveFailure(file, describeEnd(result), result.stderr);
  await refuseOddEntries(file, directory, signal);
  return path.join(directory, await soleDirectory(directory));
}

/**
 * The words before a command that may not write a file larger than so many bytes. Where this process has a lower limit
 * already, that one holds, and what goes beyond it is no fault of an archive's.
 */
async function fileLimit(bytes: number): Promise<{ readonly words: [string, ...string[]]; readonly isOurs: boolean }> {
  const own = /^Max file size +(\d+)/m.exec((await readText('/proc/self/limits')) ?? '')?.[1];
  const limit = Math.min(bytes, own === undefined ? bytes : Number(own));
  return { words: ['prlimit', `--fsize=${limit}`, '--core=0', '--'], isOurs: limit === bytes };
}

function isTooLarge(stderr: string, endedBy: string | undefined): boolean {
  return endedBy === 'SIGXFSZ' || /File too large|SIGXFSZ|File size limit exceeded/.test(stderr);
}

function tooMuch(file: string, what: string): UserError {
  return new UserError(`${path.basename(file)} holds ${what}, which no kernel source does`, {
    code: 'QB-PATH',
    location: { file },
    hint: 'download the archive again from its source, and pin its sha256 in the recipe',
  });
}

/** A plain tarball that was cut between two entries looks whole to tar; only its end mark is missing then. */
async function refuseMissingEnd(file: string): Promise<void> {
  const { size } = await stat(file);
  const end = Buffer.alloc(1024, 1);
  const handle = await open(file);
  try {
    await handle.read(end, 0, end.length, Math.max(0, size - end.length));
  } finally {
    await handle.close();
  }
  if (end.some((byte) => byte !== 0)) throw await archiveFailure(file, 'the end of a tar archive is missing', '');
}

/**
 * tar itself never writes outside, nor through a link that leads there; it says so and goes on, but such an archive is not
 * worth any trust.
 */
function refuseEscapes(file: string, stderr: string): void {
  const said = /Member name contains|Removing leading|contains '\.\.'|Cannot (?:open|mkdir): Not a directory/.exec(
    stderr,
  );
  if (said === null) return;
  const line = stderr.split('\n').find((text) => text.includes(said[0])) ?? '';
  throw new UserError(`${path.basename(file)} holds entries that lead out of its directory`, {
    code: 'QB-PATH',
    location: { file },
    hint: `tar says: ${line.replace(/^tar: /, '')}\ndownload the archive again from its source`,
  });
}

/** Links that lead out of the tree, device nodes, pipes, and repositories that would hide files from git. */
async function refuseOddEntries(file: string, directory: string, signal: AbortSignal): Promise<void> {
  const argv = ['find', directory, '(', '!', '-type', 'f', '!', '-type', 'd', '-o', '-iname', '.git', ')'] as const;
  const { stdout } = await mustRun({ argv: [...argv, '-printf', '%y %P\\0%l\\0'], signal }, `reading ${directory}`);
  const fields = stdout.split('\0');
  const links: TreeLink[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index]?.slice(2) ?? '';
    if (!fields[index]?.startsWith('l ') || path.basename(name).toLowerCase() === '.git') {
      throw refusal(file, `${name}, which has no place in a source tree`);
    }
    links.push({ path: name, target: fields[index + 1] ?? '' });
  }
  const top = await soleDirectory(directory);
  const inside = links.map(({ path: name, target }) => ({ path: path.posix.relative(top, name), target }));
  const [escaping] = escapingLinks(inside);
  if (escaping) throw refusal(file, `the link ${path.posix.join(top, escaping.path)} to ${escaping.target}`);
}

/** The directory that holds everything, relative; empty where there are several. */
async function soleDirectory(directory: string): Promise<string> {
  const [top = '', ...others] = await listDirectory(directory);
  return others.length === 0 && (await isPlainDirectory(path.join(directory, top))) ? top : '';
}

function refusal(file: string, what: string): UserError {
  return new UserError(`${path.basename(file)} holds ${what}`, {
    code: 'QB-PATH',
    location: { file },
    hint: 'entries must be files, directories, and links that stay inside of the archive, followed through all others',
  });
}

/** The error for an archive that could not be read: damaged, or no room for its content. */
async function archiveFailure(file: string, end: string, stderr: string): Promise<HostError> {
  const said = tail(stderr, 4);
  if (/No space left|quota exceeded|File too large|SIGXFSZ/i.test(`${said} ${end}`)) {
    return new HostError(`cannot unpack ${path.basename(file)}: the disk is full`, {
      code: 'QB-DISK',
      hint: `${freeSpaceHint}\n${said}`,
    });
  }
  if (/Cannot exec|not found/i.test(said)) {
    return new HostError(`cannot unpack ${path.basename(file)}: a program is missing`, {
      code: 'QB-TOOL',
      hint: `${said}\nrun: quiltboot doctor`,
    });
  }
  return new HostError(`${path.basename(file)} is truncated or damaged: ${end}`, {
    location: { file },
    hint: `${said === '' ? '' : `${said}\n`}its sha256 is ${await hashFile(file)}; download it again, and pin its sha256 in the recipe`,
  });
}
