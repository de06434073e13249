import { createFrameReader, frameStart, maxFrameLine } from './frame.ts';

/** The second byte of a hello frame, which begins no character of UTF-8. */
const hello = 'h'.charCodeAt(0) + 42;

/** What came over the agent's line while a program had it. */
interface LentBytes {
  /** Bytes of the program. */
  readonly shown: Buffer;
  /** The agent has its line back: the program has ended. */
  readonly ended: boolean;
}

/** Parts what a program prints on the agent's line from the frame with which the agent takes the line back. */
export interface LentLine {
  /** Takes bytes in any pieces; what may be the beginning of the frame is held back. */
  push(chunk: Uint8Array): LentBytes;
  /** Whether the last byte is held back because the next one decides about it, which a person may still have to type. */
  readonly waits: boolean;
  /** Gives up what is held back. */
  release(): Buffer;
}

export function createLentLine(): LentLine {
  let held = Buffer.alloc(0);
  return {
    push(chunk) {
      const bytes = Buffer.concat([held, chunk]);
      held = Buffer.alloc(0);
      for (let at = bytes.indexOf(frameStart); at >= 0; at = bytes.indexOf(frameStart, at + 1)) {
        if (at + 1 < bytes.length && bytes[at + 1] !== hello) continue;
        const size = bytes.subarray(at).findIndex((byte) => byte < 32) + 1;
        if (size === 0 && bytes.length - at < maxFrameLine) {
          held = bytes.subarray(at);
          return { shown: bytes.subarray(0, at), ended: false };
        }
        const [frame] = createFrameReader().push(bytes.subarray(at, at + size));
        if (frame !== undefined && frame !== 'bad') return { shown: bytes.subarray(0, at), ended: true };
      }
      return { shown: bytes, ended: false };
    },
    get waits() {
      return held.length === 1;
    },
    release() {
      const bytes = held;
      held = Buffer.alloc(0);
      return bytes;
    },
  };
}
