import { createLogReader, type PlacedSplat } from '../../guest/log/index.ts';
import { readPieces, unpacked } from '../../host/files/stream.ts';
import { userPath } from '../../host/files/user-path.ts';
import type { Splat, Target } from '../../model/index.ts';
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
  const reader = createLogReader({ wrapsLog: wraps });
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

/** The text of a build log. @throws UserError when there is no such file */
export async function readLogText(source: LogSource): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await piecesOf(source)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
