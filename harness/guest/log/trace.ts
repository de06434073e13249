import type { StackFrame } from '../../model/index.ts';
import { isReporter } from './body.ts';
import { frameIn, instructionIn, type SeenFrame } from './frames.ts';

/** Frames that are kept of a trace. */
const deepest = 32;

const registerLine = /^(?:RIP: |RIP\s|EIP is at |EIP: |Krnl PSW : )/;
/** Between the frames of one trace. */
const markLine = /^\s*(?:<\/?[\w# ]+>|=+)\s*$|^\s*(?:\[<[0-9a-f]+>\]\s*)?0x[0-9a-f]+(?:\/0x[0-9a-f]+)?\s*$/;
const headLine = /^\s*(?:Call Trace|Backtrace|Call Backtrace|Stack backtrace|stack backtrace)\b/;

function plain({ function: name, offset, size }: SeenFrame): StackFrame {
  return { function: name, offset, size };
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
      const line = /\bRIP: ?$/.test(before) ? `RIP ${text}` : text;
      before = text;
      if (registerLine.test(line)) {
        // Within a trace it tells what was interrupted, after it 2.6.22 repeats it.
        if (seen.length > 0 && !inNmi) ended = true;
        if (!ended) instruction ??= instructionIn(line);
        return;
      }
      if (ended) return;
      const frame = frameIn(text);
      if (frame) {
        if (seen.length < 2 * deepest) seen.push(frame);
      } else if (seen.length > 0 && !markLine.test(text) && !headLine.test(text)) ended = true;
    },
    frames() {
      const sure = seen.filter(({ doubt }) => doubt === undefined);
      const trusted = (sure.length > 0 ? sure : seen).map(plain);
      const begin = trusted.findIndex((frame) => !isReporter(frame.function));
      const own = begin < 0 ? trusted : trusted.slice(begin);
      if (!instruction) return own.slice(0, deepest);
      // Some kernels repeat it as the first frame.
      const same = own[0]?.function === instruction.function && own[0].offset === instruction.offset;
      return [instruction, ...own.slice(same ? 1 : 0)].slice(0, deepest);
    },
  };
}
