import { createLogReader, type PlacedSplat, stripPrefix } from '../../guest/log/index.ts';
import { readPieces, unpacked } from '../../host/files/stream.ts';
import { userPath } from '../../host/files/user-path.ts';
import { createKtapReader, ktapCases } from '../../ktap/index.ts';
import { defined, type KtapReading, type Splat, type Target } from '../../model/index.ts';
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

/** How much of a log was read. */
export interface LogExtent {
  readonly lines: number;
  /** Why the rest of it is not known, as a clause; absent where there is none. */
  readonly cut?: string;
}

export interface ReadLog extends LogExtent {
  readonly reports: readonly PlacedSplat[];
}

/**
 * Calls back with each piece of a log, unpacked; resolves with why the rest is not known, if so.
 *
 * @throws UserError when there is no such file
 */
async function eachPiece(source: LogSource, use: (piece: Uint8Array) => void): Promise<Pick<LogExtent, 'cut'>> {
  let cut: string | undefined;
  const onCut = (reason: string): void => {
    cut = reason;
  };
  const pieces =
    'bytes' in source
      ? unpacked(source.bytes, onCut)
      : readPieces(await userPath('file', { path: source.file, what: 'log' }), onCut);
  for await (const piece of pieces) use(piece);
  return defined({ cut });
}

/** Reads any kernel log and finds its reports. @throws UserError when there is no such file */
export async function readKernelLog(request: LogRequest): Promise<ReadLog> {
  const { source, wraps, vmlinux, target } = request;
  const reader = createLogReader({ wrapsLog: wraps, several: true });
  const end = await eachPiece(source, (piece) => reader.push(piece));
  reader.end();
  const extent = { lines: reader.lineCount(), ...end };
  const placed = reader.placed();
  if (vmlinux === undefined) return { ...extent, reports: placed };
  await userPath('file', { path: vmlinux, what: 'vmlinux' });
  const splats: readonly Splat[] = await symbolise(
    placed.map(({ splat }) => splat),
    { vmlinux },
    target,
  );
  return {
    ...extent,
    reports: placed.map(({ line, splat }, index) => ({ line, splat: splats[index] ?? splat })),
  };
}

export interface ReadTests extends KtapReading, LogExtent {}

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
  const end = await eachPiece(source, (piece) => reader.push(piece));
  reader.end();
  const tree = kernel.tree();
  const placed = reader.placed().filter(({ splat }) => splat.severity !== 'coverage');
  const reports = placed.map(({ line, splat }) => ({ line, title: splat.title }));
  const ending = placed.some(({ splat }) => splat.severity === 'fatal') ? 'crash' : 'unknown';
  // A program may do without a version, which no kernel does.
  const found = tree.streams.length > 0 || reader.hasBanner() ? tree : program.tree();
  return { lines: reader.lineCount(), ...end, ...ktapCases(found, { ending, reports }) };
}

/** The text of a build log. @throws UserError when there is no such file */
export async function readLogText(source: LogSource): Promise<LogExtent & { readonly text: string }> {
  const pieces: Uint8Array[] = [];
  const end = await eachPiece(source, (piece) => void pieces.push(piece));
  const text = Buffer.concat(pieces).toString('utf8');
  return { text, lines: text === '' ? 0 : text.replace(/\n$/, '').split('\n').length, ...end };
}
