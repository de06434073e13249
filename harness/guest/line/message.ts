import type { Handle, PortEnding } from './port.ts';

/** Set in the operation of a reply of which there is more to come. */
export const more = 128;

/** One payload from the agent, read. `id` is that of the request; images/agent/requests.c writes them. */
export type AgentMessage =
  | { readonly type: 'reply'; readonly id: number; readonly data: Buffer; readonly more: boolean }
  | { readonly type: 'stdout' | 'stderr' | 'taken'; readonly id: number; readonly data: Buffer }
  | { readonly type: 'born'; readonly id: number; readonly handle: Handle; readonly pid: number }
  | { readonly type: 'died'; readonly handle: Handle; readonly ending: PortEnding }
  | { readonly type: 'refused'; readonly id: number; readonly code: number; readonly origin: 'agent' | 'kernel' };

interface Shape {
  /** Bytes that have to follow the operation. */
  readonly least: number;
  readonly read: (id: number, data: Buffer, isPart: boolean) => AgentMessage;
}

const shapes: Readonly<Record<string, Shape>> = {
  R: { least: 0, read: (id, data, isPart) => ({ type: 'reply', id, data, more: isPart }) },
  O: { least: 0, read: (id, data) => ({ type: 'stdout', id, data }) },
  E: { least: 0, read: (id, data) => ({ type: 'stderr', id, data }) },
  I: { least: 0, read: (id, data) => ({ type: 'taken', id, data }) },
  F: { least: 8, read: (id, data) => ({ type: 'born', id, handle: data.readUInt32BE(0), pid: data.readUInt32BE(4) }) },
  X: {
    least: 12,
    read: (_, data) => ({
      type: 'died',
      handle: data.readUInt32BE(0),
      ending: decodeEnding(data.readUInt32BE(4), data.readUInt32BE(8)),
    }),
  },
  Q: {
    least: 8,
    read: (id, data) => ({
      type: 'refused',
      id,
      code: data.readUInt32BE(0),
      origin: data.readUInt32BE(4) === 1 ? 'kernel' : 'agent',
    }),
  },
};

const header = 5;

/** Reads a payload. A string says what is wrong with one that no agent of ours sends: its guest can't be trusted. */
export function readMessage(payload: Uint8Array): AgentMessage | string {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (bytes.length < header) return `a message of ${bytes.length} bytes`;
  const code = bytes.readUInt8(4);
  const name = String.fromCharCode(code & ~more);
  const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (!shape) return `a message of the unknown kind ${code & ~more}`;
  const data = bytes.subarray(header);
  if (data.length < shape.least) return `a message ${name} with ${data.length} of ${shape.least} bytes`;
  return shape.read(bytes.readUInt32BE(0), data, (code & more) !== 0);
}

/** Reads the status that wait4(2) gives. */
function decodeEnding(status: number, error: number): PortEnding {
  const signal = status & 0x7f;
  return signal === 0 ? { status: (status >> 8) & 0xff, signal: null, error } : { status: null, signal, error };
}
