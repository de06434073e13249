import type { Born, CommandListeners, Handle, PortEnding } from './port.ts';

export type Op = 'c' | 't' | 's' | 'S' | 'f' | 'r' | 'T' | 'i' | 'e' | 'k' | 'n' | 'N';

export interface Answer {
  readonly id: number;
  readonly data: Uint8Array;
  /** For the request to make a process. */
  readonly born?: Born;
}

export interface Pending {
  readonly handle: Handle;
  /** What may answer it. */
  readonly kind: 'reply' | 'birth' | 'input';
  readonly parts: Uint8Array[];
  /** Bytes of the parts. */
  size: number;
  readonly listeners?: CommandListeners;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export interface KnownProcess {
  readonly ended: Promise<PortEnding>;
  readonly tell: (ending: PortEnding) => void;
  readonly fail: (error: Error) => void;
}

export interface SessionEvents {
  /** There are bytes for the line: call `takeOutput`. */
  readonly onOutput: () => void;
  /** The agent has answered a hello. */
  readonly onOpen: () => void;
  /** The agent started (again) and waits for a hello. */
  readonly onReady: () => void;
  /** Something came that no agent of ours sends, called once; `fail` has to follow. */
  readonly onBroken: (what: string) => void;
  readonly random: () => number;
}
