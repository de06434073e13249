import type { StackFrame } from '../../model/index.ts';
import { isReporter } from './body.ts';

/** Frames that are kept of a trace. */
const deepest = 32;

interface SeenFrame {
  readonly frame: StackFrame;
  /** The kernel found it on the stack, but does not vouch for it. */
  readonly doubtful: boolean;
}

const stackLine =
  /^\s*(\(?)(?:\[<[0-9a-f]+>\]|[0-9a-f]{16}:)?\)?\s*(\? )?([A-Za-z_][\w.]*)\+0x([0-9a-f]+)\/0x([0-9a-f]+)\)?(?:\s|$)/;
const instructionLine =
  /^(?:RIP: 0010:|RIP\s|EIP is at |EIP: |Krnl PSW : )(?!.*\b0033:).*?([A-Za-z_][\w.]*)\+0x([0-9a-f]+)\/0x([0-9a-f]+)/;
/** Between the frames of one trace. */
const markLine = /^\s*(?:<\/?[\w# ]+>|=+)\s*$|^\s*(?:\[<[0-9a-f]+>\]\s*)?0x[0-9a-f]+(?:\/0x[0-9a-f]+)?\s*$/;
const headLine = /^\s*(?:Call Trace|Backtrace|Call Backtrace|Stack backtrace|stack backtrace)\b/;

function frameIn(text: string): SeenFrame | undefined {
  const match = stackLine.exec(text);
  if (!match?.[3]) return undefined;
  return {
    frame: {
      function: match[3],
      offset: Number.parseInt(match[4] ?? '0', 16),
      size: Number.parseInt(match[5] ?? '0', 16),
    },
    // s390 puts the frame that it is not sure of into parentheses.
    doubtful: match[2] !== undefined || match[1] === '(',
  };
}

/** Collects the call trace of one report from its lines, in order. */
export interface TraceCollector {
  push(text: string): void;
  frames(): readonly StackFrame[];
}

/**
 * The trace is the first run of frames; others in the same report (who allocated, who freed, how a lock was taken before)
 * tell something else. The instruction pointer, where the report shows it, comes first.
 */
export function createTrace(): TraceCollector {
  const seen: SeenFrame[] = [];
  let instruction: StackFrame | undefined;
  let ended = false;
  let inNmi = false;
  let before = '';
  return {
    push(text) {
      // What an NMI itself goes through says nothing: what it came upon counts.
      if (/^\s*<NMI>/.test(text)) inNmi = true;
      if (/^\s*<\/NMI>/.test(text)) {
        inNmi = false;
        ended = false;
        seen.length = 0;
        return;
      }
      // 2.6.22 ends the first line of a page fault with "RIP:" and goes on in the next.
      const pointer = instructionLine.exec(/\bRIP: ?$/.test(before) ? `RIP ${text}` : text);
      before = text;
      if (pointer?.[1]) {
        // Within a trace it tells what was interrupted, behind it 2.6.22 repeats it.
        if (seen.length > 0 && !inNmi) ended = true;
        const offset = Number.parseInt(pointer[2] ?? '0', 16);
        const size = Number.parseInt(pointer[3] ?? '0', 16);
        // An offset beyond the function is no place in it: the processor was outside of the kernel's text.
        if (!ended && offset < size) instruction ??= { function: pointer[1], offset, size, instruction: true };
        return;
      }
      if (ended) return;
      const frame = frameIn(text);
      if (frame) {
        if (seen.length < 2 * deepest) seen.push(frame);
      } else if (seen.length > 0 && !markLine.test(text) && !headLine.test(text)) ended = true;
    },
    frames() {
      const sure = seen.filter(({ doubtful }) => !doubtful);
      const trusted = (sure.length > 0 ? sure : seen).map(({ frame }) => frame);
      const begin = trusted.findIndex((frame) => !isReporter(frame.function));
      const own = begin < 0 ? trusted : trusted.slice(begin);
      if (!instruction) return own.slice(0, deepest);
      // Some kernels repeat it as the first frame.
      const same = own[0]?.function === instruction.function && own[0].offset === instruction.offset;
      return [instruction, ...own.slice(same ? 1 : 0)].slice(0, deepest);
    },
  };
}
