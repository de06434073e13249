import type { StackFrame } from '../../model/index.ts';

/** A frame as a line of the log has it. */
export interface SeenFrame extends StackFrame {
  /** The kernel found it on the stack, but does not vouch for it: a question mark on x86, parentheses on s390. */
  readonly doubt?: '?' | '(';
  /** The function that was called from here, where the line names it as well: on arm. */
  readonly callee?: string;
}

/** A dot in front: the code of a function of powerpc, whose name without it is that of its descriptor. */
const symbol = '\\.?([A-Za-z_][\\w.$]{0,200})\\+0x([0-9a-f]{1,8})\\/0x([0-9a-f]{1,8})';
const address = '\\[<[0-9a-f]{1,16}>\\]';
/** Old and new forms of x86, s390, arm64, riscv, powerpc, mips and sparc. */
const stackLine = new RegExp(
  `^(?:kmemleak: |rcu: |ref_tracker: |Call Trace: ?)?\\s*(?:<[\\w/#<>]{1,12}>\\s{1,4})?(?:#\\d{1,3} )?(\\(?)(?:(?:(?:${address}|\\[[0-9a-f]{8,16}\\]) ?){1,2}|[0-9a-f]{16}:|\\[[0-9a-f]{8} : )?\\)?\\s{0,8}(\\? {1,2})?(?:\\{?:\\w{1,40}:)?${symbol}\\)?(?:\\s|\\}|$)`,
);
/** arm: `[<c010>] (quilt_do) from [<c011>] (quilt_top+0x10/0x20)`, `[<c010>] (quilt_do+0x0/0x40) from …`, ` quilt_do from quilt_top+0x10/0x20`. */
const armLine = new RegExp(
  `^\\s{0,8}(?:${address} )?(?:\\(([A-Za-z_][\\w.]{0,200})(?:\\+0x([0-9a-f]{1,8})/0x([0-9a-f]{1,8}))?\\)|([A-Za-z_][\\w.]{0,200})) from (?:${address} \\()?${symbol}\\)?`,
);
/** How a register line shows the instruction: x86 (Xen has segments of its own), s390 (of 31 bits as well), and the others. */
const instructionHeads = [
  `(?:RIP|Code): (?:0010|e030):(?:${address}\\s{0,2}){0,2}`,
  `RIP: {0,2}(?:(?:0010|e030):)?(?:${address}\\s{0,2}){0,2}`,
  `RIP\\s{1,4}(?:${address}\\s{0,2})?`,
  `EIP: (?:${address}\\s{0,2}|00[0-9a-f]{2}:)?`,
  'Krnl PSW : [0-9a-f]{8,16} [0-9a-f]{8,16} \\(',
  '(?:[pP][cC]|[Ee]?[Ii][Pp]) is at ',
  '(?:pc|PC|epc|era|ERA) {0,4}: (?:[0-9a-f]{8,16} )?',
  'NIP \\[[0-9a-f]{8,16}\\] ',
  'T?PC: <',
  `PC: ${address} `,
  'IAOQ\\[0\\]: ',
  '\\[EIP\\s{0,4}\\]: ',
  // powerpc within a trace.
  '--- (?:interrupt|Exception): [0-9a-f]{1,4} at \\.?',
];
const instructionLine = new RegExp(`^\\s*(?:${instructionHeads.join('|')})(?:\\{?:\\w{1,40}:)?${symbol}`);

function frame(name: string, offset: string, size: string): StackFrame {
  return { function: name, offset: Number.parseInt(offset, 16), size: Number.parseInt(size, 16) };
}

/** The text that was asked for last, and its frame: a report asks several times for each of its lines. */
let lastText = '';
let lastFrame: SeenFrame | undefined;

/** The frame of a line of a call trace; undefined for other lines. */
export function frameIn(text: string): SeenFrame | undefined {
  // Nearly every line of a log is told apart here.
  if (!text.includes('+0x')) return undefined;
  if (text !== lastText) {
    lastFrame = readFrame(text);
    lastText = text;
  }
  return lastFrame;
}

function readFrame(text: string): SeenFrame | undefined {
  const [, bracket, mark, name, offset, size] = stackLine.exec(text) ?? [];
  if (name === undefined || offset === undefined || size === undefined) return armFrame(text);
  const found = frame(name, offset, size);
  // Far beyond the last function everything looks like a part of it.
  if (found.offset > found.size) return undefined;
  if (mark !== undefined) return { ...found, doubt: '?' };
  return bracket === '(' ? { ...found, doubt: '(' } : found;
}

/** arm names who was called, and how far the caller has come. */
function armFrame(text: string): SeenFrame | undefined {
  if (!text.includes(' from ')) return undefined;
  const [, old, , , callee = old, name, offset, size] = armLine.exec(text) ?? [];
  if (callee === undefined || name === undefined || offset === undefined || size === undefined) return undefined;
  return { ...frame(name, offset, size), callee };
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
  if (!text.includes('+0x')) return undefined;
  const [, name, offset, size] = instructionLine.exec(text) ?? [];
  if (name === undefined || offset === undefined || size === undefined) return undefined;
  const found = frame(name, offset, size);
  return found.offset < found.size ? { ...found, instruction: true } : undefined;
}

/** A frame whose function has no name, for the kernel has no symbols or jumped into nowhere. */
const bareAddress =
  /^\s{0,8}\(?\[<[0-9a-f]{8,16}>\]\)?(?:\s|$)|^\s{0,8}0x[0-9a-f]{8,16}(?: \[\w{1,64}\]| \(\w{1,20}\))?\s*$|^\[[0-9a-f]{8,16}\] \[[0-9a-f]{8,16}\] 0x/;

/** A line of a call trace, whether the kernel knows the function or not. */
export function isFrameLine(text: string): boolean {
  return frameIn(text) !== undefined || bareAddress.test(text);
}

/** The line above the first frame. */
export function isTraceHead(text: string): boolean {
  return /^\s{0,4}(?:Call [Tt]race|Call Backtrace|[Bb]acktrace|Stack backtrace|stack backtrace|Stack from)\b/.test(
    text,
  );
}
