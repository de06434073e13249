import type { CommandOutcome, CommandSpec } from '../../model/index.ts';
import type { PortEnding } from '../line/port.ts';
import { errnoName } from './errno.ts';

/** Bytes of stdout and of stderr that are kept; what a command prints beyond that is counted only. */
const maxOutput = 32 * 1024 * 1024;

const defaultEnvironment = { PATH: '/sbin:/bin:/usr/sbin:/usr/bin', HOME: '/', TERM: 'dumb' };

/** The request that makes a process become the program; images/agent/command.c reads it. */
export function encodeCommand(spec: CommandSpec): Buffer {
  const environment: Record<string, string> = { ...defaultEnvironment, ...spec.env };
  const [program] = spec.argv;
  const directories = (environment.PATH ?? '').split(':').filter((directory) => directory !== '');
  const paths = program.includes('/') ? [program] : directories.map((directory) => `${directory}/${program}`);
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const strings = [spec.cwd ?? '', ...paths, ...spec.argv, ...variables];
  const broken = strings.find((text) => text.includes('\0'));
  if (broken !== undefined) throw new RangeError(`a NUL character in ${JSON.stringify(broken)}`);
  const head = Buffer.alloc(14);
  head.writeInt32BE(spec.uid ?? -1, 0);
  head.writeInt32BE(spec.gid ?? -1, 4);
  head.writeUInt16BE(paths.length, 8);
  head.writeUInt16BE(spec.argv.length, 10);
  head.writeUInt16BE(variables.length, 12);
  return Buffer.concat([head, Buffer.from(strings.map((text) => `${text}\0`).join(''), 'utf8')]);
}

/** Collects output up to a limit. */
export interface OutputCollector {
  push(chunk: Uint8Array): void;
  text(): string;
}

export function createCollector(limit = maxOutput): OutputCollector {
  const chunks: Uint8Array[] = [];
  let small: Uint8Array[] = [];
  let size = 0;
  let dropped = 0;
  return {
    push(chunk) {
      const kept = chunk.subarray(0, Math.max(0, limit - size));
      if (kept.length > 0) small.push(kept);
      // Many small pieces would take many times the memory of what is in them.
      if (small.length >= 4096) {
        chunks.push(Buffer.concat(small));
        small = [];
      }
      size += kept.length;
      dropped += chunk.length - kept.length;
    },
    text() {
      const text = Buffer.concat([...chunks, ...small]).toString('utf8');
      return dropped === 0 ? text : `${text}\n[${dropped} more bytes were not kept]\n`;
    },
  };
}

/** A shell's way to tell that a program could not be started: 127 when there is none, 126 otherwise. */
export function outcomeOf(
  spec: CommandSpec,
  { status, signal, error }: PortEnding,
  output: { readonly stdout: string; readonly stderr: string; readonly timedOut: boolean },
): CommandOutcome {
  if (error === 0) return { ...output, status, signal };
  const name = errnoName(error);
  const stderr = `${output.stderr}quiltboot: cannot run ${spec.argv[0]}: ${name}\n`;
  return { ...output, stderr, status: name === 'ENOENT' ? 127 : 126, signal: null };
}
