import { frameIn } from './frames.ts';
import { blame } from './place.ts';
import { stripPrefix } from './prefix.ts';

/** What a kernel prints when it lets an allocation fail because it was told to. */
const head = 'FAULT_INJECTION: forcing a failure';
/** Lines of the trace that follows it. */
const longest = 60;

/** Whether a log says that something was made to fail. Allocations that may not warn fail without a word. */
export function saysForced(lines: readonly string[]): boolean {
  return lines.some((line) => line.includes(head));
}

/** The function whose request for memory was made to fail, by the trace in the log; undefined where it has none. */
export function askedBy(lines: readonly string[]): string | undefined {
  const from = lines.findIndex((line) => line.includes(head));
  if (from < 0) return undefined;
  const frames = lines.slice(from, from + longest).flatMap((line) => {
    const frame = frameIn(stripPrefix(line).text);
    return frame && frame.doubt !== '?' ? [frame] : [];
  });
  // A kernel that was not to print a trace may go on with one of a report.
  return frames.some((frame) => frame.function.includes('should_fail')) ? blame(frames)?.function : undefined;
}
