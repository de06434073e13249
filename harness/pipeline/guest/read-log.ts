import { createLogReader, type PlacedSplat, stripPrefix } from '../../guest/log/index.ts';
import { readPieces, unpacked } from '../../host/files/stream.ts';
import { userPath } from '../../host/files/user-path.ts';
import { createKtapReader, ktapCases } from '../../ktap/index.ts';
import type { KtapReading, Splat, Target } from '../../model/index.ts';
import { symbolise } from './symbolise.ts';

/** A log that a user names: a file (absolute), or the bytes of stdin. */
export type LogSource = { readonly file: string } | { readonly bytes: AsyncIterable<Uint8Array | string> };

export interface LogRequest {
  readonly source: LogSource;
  /** The console broke lines at 80 columns. */
  readonly wraps: boolean;
  /** The ELF file of the kernel, absolute, to name files and lines. */
  readonly vmlinux?: string;
  readonly target: Pick<Target, 'crossCompile'>;
}

export interface ReadLog {
  /** Lines of the log. */
  readonly lines: number;
  readonly reports: readonly PlacedSplat[];
}

/** The bytes of a log, unpacked. @throws UserError when there is no such file */
async function piecesOf(source: LogSource): Promise<AsyncIterable<Uint8Array>> {
  if ('bytes' in source) return unpacked(source.bytes);
  return readPieces(await userPath('file', { path: source.file, what: 'log' }));
}

/** Reads any kernel log and finds its reports. @throws UserError when there is no such file */
export async function readKernelLog(request: LogRequest): Promise<ReadLog> {
  const { source, wraps, vmlinux, target } = request;
  const reader = createLogReader({ wrapsLog: wraps, several: true });
  for await (const piece of await piecesOf(source)) reader.push(piece);
  reader.end();
  const placed = reader.placed();
  if (vmlinux === undefined) return { lines: reader.lineCount(), reports: placed };
  await userPath('file', { path: vmlinux, what: 'vmlinux' });
  const splats: readonly Splat[] = await symbolise(
    placed.map(({ splat }) => splat),
    { vmlinux },
    target,
  );
  return {
    lines: reader.lineCount(),
    reports: placed.map(({ line, splat }, index) => ({ line, splat: splats[index] ?? splat })),
  };
}

export interface ReadTests extends KtapReading {
  /** Lines of the log. */
  readonly lines: number;
}

/**
 * Reads the tests of a kernel log or of a program's output, as far as it is KTAP or TAP. A report of the kernel in the
 * middle of a test makes that test crash.
 *
 * @throws UserError when there is no such file
 */
export async function readTestLog({ source, wraps }: Pick<LogRequest, 'source' | 'wraps'>): Promise<ReadTests> {
  const kernel = createKtapReader();
  const program = createKtapReader({ program: true });
  const reader = createLogReader({
    wrapsLog: wraps,
    onLine(line) {
      kernel.push(stripPrefix(line).text);
      program.push(line);
    },
  });
  for await (const piece of await piecesOf(source)) reader.push(piece);
  reader.end();
  const tree = kernel.tree();
  const placed = reader.placed().filter(({ splat }) => splat.severity !== 'coverage');
  const reports = placed.map(({ line, splat }) => ({ line, title: splat.title }));
  const ending = placed.some(({ splat }) => splat.severity === 'fatal') ? 'crash' : 'unknown';
  // A program may do without a version, which no kernel does.
  const found = tree.streams.length > 0 || reader.hasBanner() ? tree : program.tree();
  return { lines: reader.lineCount(), ...ktapCases(found, { ending, reports }) };
}

/** The text of a build log. @throws UserError when there is no such file */
export async function readLogText(source: LogSource): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await piecesOf(source)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
