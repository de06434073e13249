import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest, Splat } from '../model/index.ts';

/** How long the log may take to show the mark, and a dying guest to finish its report, in milliseconds. */
const markWithinMs = 2000;
const quietForMs = 150;
const quietWithinMs = 3000;

let marks = 0;

/** The part of a kernel log that belongs to a case. */
export interface LogWindow {
  /** Waits until the log has everything that was printed before. */
  settle(): Promise<void>;
  lines(): string[];
  splats(): readonly Splat[];
}

/** Opens a window that begins now. */
export function openWindow(guest: Guest): LogWindow {
  const firstLine = guest.log().length;
  const firstSplat = guest.splats().length;
  const isMark = (line: string): boolean => line.includes('quiltboot: mark ');

  /** The log comes on a channel of its own: a line that we print ourselves shows that all before it has come. */
  const mark = async (): Promise<boolean> => {
    marks += 1;
    const text = `quiltboot: mark ${process.pid}-${marks}`;
    const patience = new AbortController();
    try {
      const done = (async (): Promise<boolean> => {
        await guest.write('/dev/kmsg', `<3>${text}\n`);
        // The last line counts as soon as it is there, also on consoles that end a line with the next one.
        while (
          !patience.signal.aborted &&
          !guest
            .log()
            .slice(-10)
            .some((line) => line.endsWith(text))
        )
          await sleep(2);
        return true;
      })().catch(() => false);
      return await Promise.race([done, sleep(markWithinMs, false, { signal: patience.signal }).catch(() => false)]);
    } finally {
      patience.abort();
    }
  };
  const quiet = async (): Promise<void> => {
    const deadline = Date.now() + quietWithinMs;
    let seen = -1;
    while (Date.now() < deadline) {
      const now = guest.log().length;
      if (now === seen) return;
      seen = now;
      await sleep(quietForMs);
    }
  };

  const splats = (): readonly Splat[] => guest.splats().slice(firstSplat);
  return {
    async settle() {
      const dead = splats().some((splat) => splat.severity === 'fatal');
      const marked = !dead && (await mark());
      if (!marked || splats().length > 0) await quiet();
    },
    lines: () =>
      guest
        .log()
        .slice(firstLine)
        .filter((line) => !isMark(line)),
    splats,
  };
}
