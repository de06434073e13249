import type { StackFrame } from '../../model/index.ts';
import { isBody, isRegister } from './body.ts';
import { frameIn, instructionIn, isTraceHead, type SeenFrame } from './frames.ts';
import {
  isBystander,
  isCounter,
  isIdle,
  isInterruptEntry,
  isPreemption,
  isReporter,
  runsSoftirqs,
} from './functions.ts';

/** Frames that are kept of a trace. */
const deepest = 64;
/** Lines of somebody else's between two frames of one trace. */
const mostForeign = 8;

const registerLine =
  /^\s*(?:RIP: |RIP\s|EIP: |Krnl PSW : |(?:pc|PC|epc|era|ERA) {0,4}: |(?:[pP][cC]|[Ee]?[Ii][Pp]) is at |NIP \[|T?PC: <|IAOQ\[0\]: |\[EIP\s{0,4}\]: |--- (?:interrupt|Exception): [0-9a-f]{1,4} at )/;
/** A register line of kernel code without a function. */
const nowhereLine =
  /^\s*(?:[RE]IP: (?:0010|0060|e030):|EIP is at |P?[pPC]C? (?:is at|:) )(?:\[<[0-9a-f]+>\]\s*){0,2}0x[0-9a-f]+\s*$/;
/** Between the frames of one trace. */
const markLine =
  /^\s*(?:<\/?[\w# ]+>|=+)\s*$|^\s{1,8}r\d\d?:[0-9a-f]{8}(?: |$)|^Exception stack\(|^[0-9a-f]{4}: {1,40}[0-9a-f]{4}|\[inline\]\)?$|\(inlined by\)|^\s*(?:\[<[0-9a-f]+>\]\s*)?0x[0-9a-f]+(?:\/0x[0-9a-f]+)?\s*$|^\[[0-9a-f]{8,16}\] \[[0-9a-f]{8,16}\] 0x/;
/** A mark of the kind of stack, which old kernels put on the line of a frame. */
const mark = /^\s*<(\/?(?:IRQ|EOI|NMI|<?EOE>?|TASK|SOFTIRQ|UNK|#\w+))>/;
/** The frame below tells something else. */
const aside = /^(?:[Pp]reempt(?:ion)? disabled at:|Last Breaking-Event-Address:)\s*$/;

/** Whether a line that is no frame ends a run of frames; anything else with blanks in front may be somebody else's. */
function endsRun(text: string): boolean {
  return isBody(text) && (!/^\s+\S/.test(text) || isRegister(text));
}

/** Where the interrupt begins that came upon a softirq and noticed a stall; -1 where none did. */
function aboveSoftirq(frames: readonly { readonly function: string }[]): number {
  const softirq = frames.findIndex(({ function: name }) => runsSoftirqs(name));
  const entry = lastEntry(frames.slice(0, Math.max(0, softirq)));
  return frames.slice(entry + 1, softirq).some(({ function: name }) => !isBystander(name)) ? entry : -1;
}

/** Where the interrupt begins that noticed a stall; -1 where the trace shows none that came upon something. */
function noticing(frames: readonly { readonly function: string }[]): number {
  const above = aboveSoftirq(frames);
  if (above >= 0) return above;
  const entry = lastEntry(frames);
  return entry === frames.length - 1 ? -1 : entry;
}

function lastEntry(frames: readonly { readonly function: string }[]): number {
  return frames.findLastIndex(({ function: name }) => isInterruptEntry(name));
}

function plain({ function: name, offset, size }: SeenFrame): StackFrame {
  return { function: name, offset, size };
}

/** Collects the call trace of one report from its lines, in order. */
export interface TraceCollector {
  push(text: string): void;
  frames(): readonly StackFrame[];
  /** The kernel vouches for the frames. */
  isSure(): boolean;
  /** No frame of it was left out for their number. */
  isWhole(): boolean;
  /** Frames have come; more may follow. */
  hasFrames(): boolean;
}

export interface TraceOptions {
  /** The report tells of what was interrupted (a stall), not of the interrupt. */
  readonly interrupted?: boolean;
}

/**
 * The trace is the first run of frames; others in the same report (who allocated, who freed, how a lock was taken before)
 * tell something else. The instruction pointer, where the report shows it, comes first.
 */
export function createTrace({ interrupted = false }: TraceOptions = {}): TraceCollector {
  const seen: SeenFrame[] = [];
  let instruction: StackFrame | undefined;
  /** The processor was where no function is: a return address on the stack says from where it went there. */
  let nowhere = false;
  let ended = false;
  let inNmi = false;
  /** Within the interrupt the log has told what it came upon: the frames below are of that. */
  let cameUpon = false;
  let passedOver = false;
  let foreign = 0;
  let skipping = false;
  let before = '';

  /** What came so far is the way into the report. */
  const startOver = (): void => {
    ended = false;
    seen.length = 0;
  };
  const wayIn = (): boolean =>
    seen.every(({ doubt, function: name }) => doubt !== undefined || isBystander(name) || isPreemption(name));
  const onMark = (name: string): void => {
    // What an NMI itself goes through says nothing: what it came upon counts.
    if (name === 'NMI') inNmi = true;
    if (name === '/NMI' || (name.includes('EOE') && inNmi)) {
      inNmi = false;
      startOver();
    } else if (interrupted && !cameUpon && (name === '/IRQ' || name === 'EOI')) {
      cameUpon = aboveSoftirq(seen.filter(({ doubt }) => doubt === undefined)) >= 0;
      if (!cameUpon) startOver();
    }
  };
  const onRegister = (line: string): void => {
    const found = instructionIn(line);
    // Within the trace of a stall it tells what was interrupted.
    if (interrupted && found && seen.length > 0 && !ended) {
      startOver();
      instruction = found;
      cameUpon = true;
      return;
    }
    // What came so far is the way into a trap: it tells where the trap hit.
    if (found && (!instruction || isBystander(instruction.function)) && !ended && seen.length > 0 && wayIn()) {
      startOver();
      instruction = found;
      return;
    }
    // Otherwise within a trace it belongs to the program; after it 2.6.22 repeats it.
    if (seen.length > 0 && !inNmi) ended = true;
    if (ended) return;
    instruction ??= found;
    nowhere ||= !instruction && nowhereLine.test(line);
  };
  const add = (frame: SeenFrame): void => {
    const { callee } = frame;
    // The innermost function has no line of its own, nor has one whose frame was passed over.
    const alone = callee !== undefined && (passedOver || (seen.length === 0 && !instruction)) && !isReporter(callee);
    if (alone) seen.push({ function: callee, offset: 0, size: 1 });
    // A return address at the beginning of a function is that of a call before it, which does not return.
    passedOver = frame.offset === 0 && frame.size > 0 && frame.doubt === undefined && seen.length > 0;
    if (!passedOver && seen.length < 2 * deepest) seen.push(frame);
  };
  const endRun = (): void => {
    ended = true;
    // A processor that idles, or the thread that looks after the others, is not what a stall is about.
    if (interrupted && [...seen, ...(instruction ? [instruction] : [])].some((frame) => isIdle(frame.function))) {
      startOver();
      instruction = undefined;
    }
  };

  return {
    push(text) {
      if (aside.test(before) && !registerLine.test(text)) skipping = true;
      // 2.6.22 ends the first line of a page fault with "RIP:" and goes on in the next.
      const line = /\bRIP: ?$/.test(before) ? `RIP ${text}` : text;
      before = text;
      const stack = mark.exec(text);
      if (stack?.[1] !== undefined) onMark(stack[1]);
      if (registerLine.test(line)) {
        onRegister(line);
        return;
      }
      if (ended) return;
      const frame = frameIn(text);
      if (frame) {
        if (!skipping) add(frame);
        skipping = false;
        foreign = 0;
        return;
      }
      skipping = false;
      if (seen.length === 0 || markLine.test(text) || isTraceHead(text)) return;
      foreign += 1;
      if (endsRun(text) || foreign > mostForeign) endRun();
    },
    hasFrames: () => seen.length > 0,
    isWhole: () => seen.length < 2 * deepest,
    isSure: () => instruction !== undefined || seen.some(({ doubt }) => doubt !== '?'),
    frames() {
      const sure = seen.filter(({ doubt }) => doubt === undefined);
      const [first] = seen;
      const origin = nowhere && first?.doubt === '?' && sure.length > 0 ? [first] : [];
      const trusted = [...origin, ...(sure.length > 0 ? sure : seen)].map(plain);
      const below = interrupted ? trusted.slice(noticing(trusted) + 1) : trusted;
      const begin = below.findIndex((frame) => !isReporter(frame.function));
      const own = begin < 0 ? below.filter((frame) => !/^v?panic$/.test(frame.function)) : below.slice(begin);
      if (!instruction || (own.length > 0 && isCounter(instruction.function))) return own.slice(0, deepest);
      // Some kernels repeat it as the first frame.
      const same = own[0]?.function === instruction.function && own[0].offset === instruction.offset;
      return [instruction, ...own.slice(same ? 1 : 0)].slice(0, deepest);
    },
  };
}
