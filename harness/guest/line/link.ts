import { createFrameReader, encodeFrame, type Frame } from './frame.ts';

/** Encoded bytes that may be on their way without an acknowledgement. */
export const linkWindow = 16_384;
/** Received bytes after which an acknowledgement goes out at once and not with the next frame. */
const acknowledgeAfter = 6_000;
const progress = { type: 'progress' } as const;

/**
 * A reliable link over the agent's serial line: every payload arrives once and in order, whatever noise is on the line.
 *
 * Both sides number their data frames from where the host's hello says, keep them until they are acknowledged, and send
 * them again when the other side says that something is missing. The agent has no clock of its own: the host asks
 * (`nudge`) when nothing came for a while. A pure machine: bytes go in and out, and somebody else keeps the time.
 */
export interface Link {
  /** Begins a session: queues a hello. Everything of an earlier session is forgotten. */
  hello(): void;
  /** Whether the agent has answered the hello. */
  isOpen(): boolean;
  /** Queues a payload for the agent. */
  send(payload: Uint8Array): void;
  /** Takes bytes from the line; empty when they have not completed a frame. */
  receive(chunk: Uint8Array): LinkEvent[];
  /** Bytes for the line, as far as the window allows; empty when there is nothing to send. */
  takeOutput(): Buffer;
  /** Nothing came for a while: asks the agent whether something got lost. */
  nudge(): void;
  /** Sends the acknowledgement that is due, if any, instead of waiting for a frame that carries it. */
  settle(): void;
  /** Whether a payload of ours has not been acknowledged yet. */
  isWaiting(): boolean;
}

type LinkEvent =
  | { readonly type: 'payload'; readonly payload: Uint8Array }
  /** Something to send may have come up. */
  | { readonly type: 'progress' }
  /** The agent answered the hello. */
  | { readonly type: 'open'; readonly version: number }
  /** The agent (re)started and knows of no session. */
  | { readonly type: 'ready' };

/** `random` gives unsigned 32-bit numbers: where both sides count from, so that frames of an old session are strangers. */
export function createLink(random: () => number): Link {
  const reader = createFrameReader();
  let open = false;
  let chosen = { mine: 0, theirs: 0 };
  /** Number of the oldest frame in `kept`, and of the next frame that the agent should send. */
  let first = 0;
  let expected = 0;
  let kept: { readonly payload: Uint8Array; size: number }[] = [];
  /** How many of `kept` are on their way, and how many were at some time. */
  let underWay = 0;
  let tried = 0;
  let control: 'a' | 'n' | 'q' | 'h' | undefined;
  let complained = false;
  let unacknowledged = 0;

  const at = (base: number, offset: number): number => (base + offset) >>> 0;

  const acknowledged = (ack: number): void => {
    const count = (ack - first) >>> 0;
    if (count > tried) return;
    kept = kept.slice(count);
    underWay = Math.max(0, underWay - count);
    tried -= count;
    first = ack;
  };

  const complain = (): void => {
    if (complained || !open) return;
    complained = true;
    control = 'n';
  };

  const onHello = (frame: Frame): LinkEvent[] => {
    // Before the first hello of ours nothing can be an answer to it.
    const answers = chosen.mine !== 0 && frame.number === chosen.theirs && frame.ack === chosen.mine;
    if (!answers) return [{ type: 'ready' }];
    if (open) return [progress]; // it answered twice
    open = true;
    return [{ type: 'open', version: frame.payload[0] ?? 0 }];
  };

  const onFrame = (frame: Frame): LinkEvent[] => {
    if (frame.kind === 'h') return onHello(frame);
    if (!open) return [progress];
    acknowledged(frame.ack);
    if (frame.kind === 'n') underWay = 0;
    if (frame.number !== expected) {
      // One that came before is a repetition: the acknowledgement got lost.
      const ahead = (frame.number - expected) >>> 0 < 0x80000000;
      if (ahead) complain();
      else if (frame.kind === 'd') control = 'a';
      return [progress];
    }
    if (frame.kind !== 'd') return [progress];
    expected = at(expected, 1);
    complained = false;
    unacknowledged += frame.payload.length;
    if (unacknowledged >= acknowledgeAfter) control = 'a';
    return [{ type: 'payload', payload: frame.payload }];
  };

  const takeControl = (): Buffer[] => {
    if (control === undefined) return [];
    const kind = control;
    control = undefined;
    unacknowledged = 0;
    if (kind === 'h')
      return [encodeFrame({ kind, number: chosen.mine, ack: chosen.theirs, payload: new Uint8Array() })];
    return [encodeFrame({ kind, number: at(first, underWay), ack: expected, payload: new Uint8Array() })];
  };

  return {
    hello() {
      if (!open && chosen.mine !== 0) {
        control = 'h'; // asked once more: an answer to either will do
        return;
      }
      open = false;
      chosen = { mine: (random() | 1) >>> 0, theirs: (random() | 1) >>> 0 };
      first = chosen.mine;
      expected = chosen.theirs;
      kept = [];
      underWay = 0;
      tried = 0;
      complained = false;
      unacknowledged = 0;
      control = 'h';
    },
    isOpen: () => open,
    send(payload) {
      kept.push({ payload, size: 0 });
    },
    receive: (chunk) =>
      reader.push(chunk).flatMap((frame) => {
        if (frame !== 'bad') return onFrame(frame);
        complain();
        return [progress];
      }),
    takeOutput() {
      const parts = takeControl();
      let size = kept.slice(0, underWay).reduce((sum, frame) => sum + frame.size, 0);
      while (open && underWay < kept.length) {
        const next = kept[underWay];
        if (next === undefined) break;
        const line = encodeFrame({ kind: 'd', number: at(first, underWay), ack: expected, payload: next.payload });
        if (size > 0 && size + line.length > linkWindow) break;
        next.size = line.length;
        size += line.length;
        underWay += 1;
        tried = Math.max(tried, underWay);
        unacknowledged = 0;
        parts.push(line);
      }
      return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    },
    nudge() {
      if (!open) return;
      // Nothing is repeated yet: on a slow line it may still be on its way. The answer tells what is missing.
      complained = false;
      control = 'q';
    },
    settle() {
      if (open && unacknowledged > 0) control ??= 'a';
    },
    isWaiting: () => kept.length > 0,
  };
}
