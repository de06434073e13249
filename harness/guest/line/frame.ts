import { crc32 } from './crc32.ts';

/**
 * A frame on the agent's serial line. As a line it is `>`, the bytes, and a newline. 42 is added to every byte, which
 * moves zeros and line ends, the most frequent of those that a terminal minds, out of its way; what then still is a
 * control character, `>` or `=` is written as `=` and the byte plus 64. So a `>` always starts a frame, whatever came
 * before it. The bytes: kind, number (32 bits), acknowledgement (32), length of the payload (16), payload, CRC32 of all
 * that (32); big-endian. images/agent/link.c is the other side.
 */
export interface Frame {
  /** `d` data; `a` acknowledgement; `n` something is missing, send it again; `q` asks for `a` or `n`; `h` hello. */
  readonly kind: 'd' | 'a' | 'n' | 'q' | 'h';
  /** Number of this frame (`d`) or of the first one that is not on its way yet (the others); for `h` where the sender counts from. */
  readonly number: number;
  /** Number of the data frame that the sender expects next: all before it have arrived. */
  readonly ack: number;
  readonly payload: Uint8Array;
}

/** Payload bytes that a frame may have: encoded it stays below a line of 4096, even if every byte must be escaped. */
export const maxPayload = 2000;
const overhead = 15;
/** `>`, with which a frame begins. */
export const frameStart = 0x3e;
/** Bytes that the line of a frame has at most: each of its bytes escaped. */
export const maxFrameLine = 2 * (maxPayload + overhead) + 2;
const escape = 0x3d;
const offset = 42;
const shift = 64;
const newline = 0x0a;

export function encodeFrame(frame: Frame): Buffer {
  const { payload } = frame;
  if (payload.length > maxPayload) throw new RangeError(`a frame holds ${maxPayload} bytes, not ${payload.length}`);
  const plain = Buffer.alloc(payload.length + overhead);
  plain.write(frame.kind, 'latin1');
  plain.writeUInt32BE(frame.number, 1);
  plain.writeUInt32BE(frame.ack, 5);
  plain.writeUInt16BE(payload.length, 9);
  plain.set(payload, 11);
  plain.writeUInt32BE(crc32(plain.subarray(0, -4)), plain.length - 4);
  const line = Buffer.alloc(2 * plain.length + 2);
  let size = 0;
  line[size++] = frameStart;
  for (const value of plain) {
    const byte = (value + offset) & 255;
    const special = byte < 32 || byte === frameStart || byte === escape;
    if (special) line[size++] = escape;
    line[size++] = special ? byte + shift : byte;
  }
  line[size++] = newline;
  return line.subarray(0, size);
}

/** Takes bytes in any pieces. `push` gives a frame for each good line, and `'bad'` for one that is damaged. */
export interface FrameReader {
  push(chunk: Uint8Array): (Frame | 'bad')[];
}

export function createFrameReader(): FrameReader {
  const plain = Buffer.alloc(maxPayload + overhead);
  /** -1 between frames. */
  let size = -1;
  let escaped = 0;
  return {
    push(chunk) {
      const found: (Frame | 'bad')[] = [];
      for (const byte of chunk) {
        if (byte === frameStart) {
          if (size >= 0) found.push('bad');
          size = 0;
          escaped = 0;
        } else if (size < 0) {
          continue;
        } else if (byte < 32) {
          found.push(decode(plain.subarray(0, size)) ?? 'bad');
          size = -1;
        } else if (byte === escape) {
          escaped = shift;
        } else if (size === plain.length) {
          found.push('bad');
          size = -1;
        } else {
          plain[size++] = byte - escaped - offset;
          escaped = 0;
        }
      }
      return found;
    },
  };
}

function decode(plain: Buffer): Frame | undefined {
  if (plain.length < overhead) return undefined;
  const kind = String.fromCharCode(plain[0] ?? 0);
  if (kind !== 'd' && kind !== 'a' && kind !== 'n' && kind !== 'q' && kind !== 'h') return undefined;
  if (plain.readUInt16BE(9) !== plain.length - overhead) return undefined;
  if (plain.readUInt32BE(plain.length - 4) !== crc32(plain.subarray(0, -4))) return undefined;
  return {
    kind,
    number: plain.readUInt32BE(1),
    ack: plain.readUInt32BE(5),
    payload: Uint8Array.from(plain.subarray(11, -4)),
  };
}
