import type { Splat, StackFrame } from '../../model/index.ts';
import { isRegister, isTrace } from './body.ts';
import { stripPrefix } from './prefix.ts';

/** Lines of a report's head, of one that is told in prose, and frames of its trace, that a reader is shown. */
const headLines = 6;
const proseLines = 30;
const shownFrames = 10;

/** `provoke_write+0x90 (kernel/provoke.c:790)`, below the functions whose code was put in there. */
function frameLines(frame: StackFrame): string[] {
  const own = `${frame.function}+0x${frame.offset.toString(16)}`;
  return [
    ...(frame.inlined ?? []).map((inner) => `  ${inner.function} (inlined, ${inner.place})`),
    `  ${own}${frame.place === undefined ? '' : ` (${frame.place})`}`,
  ];
}

/** The lines of a trace, innermost first, and how many frames are left out. */
export function traceLines(trace: readonly StackFrame[], shown = shownFrames): string[] {
  const rest = trace.length - shown;
  return [...trace.slice(0, shown).flatMap(frameLines), ...(rest > 0 ? [`  … ${rest} more`] : [])];
}

/**
 * What a reader wants of a report: what it says, and through which functions the kernel came there. Registers, code and
 * the stack's bytes stay in the log.
 */
export function excerptOf(splat: Splat): readonly string[] {
  const { trace } = splat;
  if (!trace) return splat.excerpt;
  const limit = splat.family === 'lockdep' || splat.family === 'sanitizer' ? proseLines : headLines;
  const head: string[] = [];
  for (const line of splat.excerpt) {
    const { text } = stripPrefix(line);
    if (isTrace(text) && head.length > 0 && limit === headLines) break;
    if (/^(?:stack backtrace|Call Trace):/.test(text)) break;
    if (text.trim() !== '' && !isRegister(text)) head.push(line);
    if (head.length === limit) break;
  }
  return [...head, 'call trace:', ...traceLines(trace), ...historyOf(splat)];
}

/** Where a sanitizer tells of the life of the memory that a report is about: who allocated it, who freed it. */
const historyHead = /^(?:allocated by task \d|freed by task \d|last potentially related |second to last |uninit was )/i;
/** Functions that only keep the record. */
const recorder = /^\s*_*(?:kasan|kmsan|kfence|stack_|save_stack|set_track|slab_|kmem_cache|kmalloc|kfree|cache_alloc)/;
const historyFrames = 6;

function historyOf({ family, excerpt }: Splat): string[] {
  if (family !== 'sanitizer') return [];
  const shown: string[] = [];
  let left = 0;
  for (const line of excerpt) {
    const { text } = stripPrefix(line);
    if (historyHead.test(text.trim())) {
      shown.push(text.trim());
      left = historyFrames;
    } else if (text.trim() === '') left = 0;
    else if (left > 0 && !recorder.test(text)) {
      shown.push(`  ${text.trim()}`);
      left -= 1;
    }
  }
  return shown;
}
