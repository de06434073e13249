import type { StackFrame } from '../../model/index.ts';

/** A frame as a line of the log has it. */
export interface SeenFrame extends StackFrame {
  /** The kernel found it on the stack, but does not vouch for it: a question mark on x86, parentheses on s390. */
  readonly doubt?: '?' | '(';
}

const stackLine =
  /^\s*(\(?)(?:\[<[0-9a-f]+>\]|[0-9a-f]{16}:)?\)?\s*(\? )?([A-Za-z_][\w.]*)\+0x([0-9a-f]+)\/0x([0-9a-f]+)\)?(?:\s|$)/;
const instructionLine =
  /^(?:RIP: 0010:(?:\[<[0-9a-f]+>\]\s*(?:\[<[0-9a-f]+>\]\s*)?)?|RIP\s+(?:\[<[0-9a-f]+>\]\s*)?|EIP is at |EIP: (?:\[<[0-9a-f]+>\]\s*|00[0-9a-f]{2}:)?|Krnl PSW : [0-9a-f]{16} [0-9a-f]{16} \()([A-Za-z_][\w.]*)\+0x([0-9a-f]+)\/0x([0-9a-f]+)/;

function frame(name: string, offset: string, size: string): StackFrame {
  return { function: name, offset: Number.parseInt(offset, 16), size: Number.parseInt(size, 16) };
}

/** The frame of a line of a call trace; undefined for other lines. */
export function frameIn(text: string): SeenFrame | undefined {
  const [, bracket, mark, name, offset, size] = stackLine.exec(text) ?? [];
  if (name === undefined || offset === undefined || size === undefined) return undefined;
  const found = frame(name, offset, size);
  // Far beyond the last function everything looks like a part of it.
  if (found.offset > found.size) return undefined;
  if (mark !== undefined) return { ...found, doubt: '?' };
  return bracket === '(' ? { ...found, doubt: '(' } : found;
}

/** The function of a stack frame; undefined for other lines and for frames that x86 doubts. */
export function frameOf(text: string): string | undefined {
  const found = frameIn(text);
  return found?.doubt === '?' ? undefined : found?.function;
}

/**
 * Where the processor was, from a register line; undefined for other lines and where the offset lies beyond the function
 * (a jump into nowhere).
 */
export function instructionIn(text: string): StackFrame | undefined {
  const [, name, offset, size] = instructionLine.exec(text) ?? [];
  if (name === undefined || offset === undefined || size === undefined) return undefined;
  const found = frame(name, offset, size);
  return found.offset < found.size ? { ...found, instruction: true } : undefined;
}
