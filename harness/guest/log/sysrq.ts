import { frameOf } from './frames.ts';
import { stripPrefix } from './prefix.ts';
import { createTrace, type TraceCollector } from './trace.ts';

/** Frames that are shown of each task, and tasks and locks at most. */
const shownFrames = 6;
const shownTasks = 8;
const shownLocks = 20;

/** Tasks that wait for something and cannot be woken, out of what SysRq-w printed: `init/29: schedule < provoke_blocked < …`. */
export function blockedTasks(lines: readonly string[]): string[] {
  const tasks: { readonly name: string; readonly frames: string[] }[] = [];
  let current: (typeof tasks)[number] | undefined;
  for (const line of lines) {
    const { text } = stripPrefix(line);
    const modern = /^task:(\S+)\s+state:D\b.*\bpid:\s*(\d+)/.exec(text);
    // Name, state, program counter, free stack, pid, parent.
    const old = /^(\S+)\s+D\s+(?:[0-9a-f]{8,16}|running)\s+\d+\s+(\d+)\s+\d+/.exec(text);
    const match = modern ?? old;
    if (match) {
      current = { name: `${match[1] ?? '?'}/${match[2] ?? '?'}`, frames: [] };
      tasks.push(current);
    } else if (/^(?:task:|\S+\s+[RSTZX]\s)/.test(text)) current = undefined;
    else {
      const name = frameOf(text);
      if (name !== undefined && !/^(?:__)?schedule$/.test(name)) current?.frames.push(name);
    }
  }
  return tasks
    .slice(0, shownTasks)
    .map(({ name, frames }) => `${name} waits in ${frames.slice(0, shownFrames).join(' < ') || '?'}`);
}

/** Locks and their holders, out of what SysRq-d printed on a kernel with lockdep; not those of SysRq itself. */
export function heldLocks(lines: readonly string[]): string[] {
  const holders: string[][] = [];
  let inside = false;
  for (const line of lines) {
    const { text } = stripPrefix(line);
    if (/^\d+ locks? held by /.test(text)) {
      inside = true;
      holders.push([]);
    } else if (!/^\s*#\d+:/.test(text)) inside = false;
    if (inside) holders.at(-1)?.push(text.trimEnd());
  }
  return holders
    .filter((holder) => !holder.some((line) => /\b(?:__handle_sysrq|debug_show_all_locks)\b/.test(line)))
    .flat()
    .slice(0, shownLocks);
}

/** Where processors that do something were, out of what SysRq-l printed: `CPU 0: provoke_hang < provoke_write < …`. */
export function cpuBacktraces(lines: readonly string[]): string[] {
  const cpus: { readonly cpu: string; readonly trace: TraceCollector }[] = [];
  for (const line of lines) {
    const { text } = stripPrefix(line);
    const head = /^NMI backtrace for cpu (\d+)(?! skipped)|^CPU(\d+):$/.exec(text);
    if (head) cpus.push({ cpu: head[1] ?? head[2] ?? '', trace: createTrace() });
    else cpus.at(-1)?.trace.push(text);
  }
  return cpus.flatMap(({ cpu, trace }) => {
    const names = trace.frames().map((frame) => frame.function);
    // Neither one that idles nor the one that answers the key.
    if (names.length === 0 || names.some((name) => /sysrq|^(?:do_idle|cpu_idle|cpu_startup_entry)$/.test(name)))
      return [];
    return [`CPU ${cpu}: ${names.slice(0, shownFrames).join(' < ')}`];
  });
}

/** The texts in a piece of the guest's memory: of a log buffer its records, in the order in which they lie there. */
export function printableLines(memory: Uint8Array): string[] {
  return Buffer.from(memory.buffer, memory.byteOffset, memory.length)
    .toString('latin1')
    .split(/[^\x20-\x7e]+/)
    .filter((text) => text.trim().length >= 6);
}
