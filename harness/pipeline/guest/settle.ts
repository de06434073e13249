import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogReader, stripPrefix } from '../../guest/log/index.ts';
import type { Guest, Splat } from '../../model/index.ts';

/** How long the log may take to show a mark, in milliseconds. */
const markWithinMs = 2000;
/** Where the buffer of the kernel has lost its beginning, a report may have lost its own: lines. */
const brokenLines = 100;
const longestAnswerMs = 20_000;

const word = 'quiltboot: mark ';
const own = randomBytes(4).toString('hex');
let marks = 0;

/** Whether a line of the log was printed for {@link markLog}. */
export function isMark(line: string): boolean {
  return line.includes(word);
}

/**
 * Waits until the log has everything that the guest has printed so far. The log comes on a channel of its own: a line that
 * the guest prints for us shows that all before it has come.
 *
 * `silent`: it was printed, but not on the console. `unanswered`: the guest could not, or is gone.
 */
export async function markLog(guest: Guest): Promise<'shown' | 'silent' | 'unanswered'> {
  marks += 1;
  const text = `${word}${own}-${marks}`;
  try {
    // A guest that does not answer is given up by this call, which then says why.
    await guest.write('/dev/kmsg', `<3>${text}\n`);
  } catch {
    return 'unanswered';
  }
  const deadline = Date.now() + markWithinMs;
  while (Date.now() < deadline && guest.ended() === undefined) {
    // The last line counts as soon as it is there, also on consoles that end a line with the next one.
    const last = guest.log(Math.max(0, guest.logLength() - 10));
    if (last.some((each) => each.endsWith(text))) return 'shown';
    await sleep(2);
  }
  return 'silent';
}

/** Reports in the log of a kernel, as `dmesg` prints it, that its console has not shown. */
export function hiddenIn(buffer: string, shown: readonly Splat[]): readonly Splat[] {
  const reader = createLogReader({ wrapsLog: false, booted: false });
  reader.push(Buffer.from(buffer));
  reader.end();
  const whole = /^Linux version \d/.test(stripPrefix(buffer.split('\n', 1)[0] ?? '').text);
  const known = new Set(shown.map(({ title }) => title));
  return reader
    .placed()
    .filter(({ line, splat }) => (whole || line >= brokenLines) && !known.has(splat.title))
    .map(({ splat }) => splat);
}

/** Asks a kernel whose console is silent for what it has to say. */
export async function hiddenSplats(guest: Guest): Promise<readonly Splat[]> {
  const answer = await guest.run({ argv: ['dmesg'], timeoutMs: longestAnswerMs }).catch(() => undefined);
  return answer?.status === 0 ? hiddenIn(answer.stdout, guest.splats()) : [];
}
