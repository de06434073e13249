import { setTimeout as sleep } from 'node:timers/promises';
import { goodbyeIn } from '../../guest/ending.ts';
import type { Stretch } from '../../guest/verdict.ts';
import type { Guest, Splat } from '../../model/index.ts';
import { hiddenSplats, isMark, markLog } from './settle.ts';

/** How long a dying guest may take to finish its report, in milliseconds. */
const quietForMs = 150;
const quietWithinMs = 3000;

/**
 * A guest whose life is told in stretches without a gap: boot, cases, what lies between them, the end. Every line and
 * every report belongs to one of them.
 */
export interface Life {
  readonly guest: Guest;
  /** Waits until the log has everything that was printed before. */
  settle(): Promise<void>;
  /** Adds reports that are in no log. */
  add(splats: readonly Splat[]): void;
  /** What is new of it, which a later call does not tell again. */
  take(): Stretch;
}

export function lifeOf(guest: Guest): Life {
  let line = 0;
  let splat = 0;
  let told = false;
  /** Of a guest whose console is silent: reports that only its own buffer has, those that were told first. */
  const hidden: Splat[] = [];
  let toldHidden = 0;

  const quiet = async (): Promise<void> => {
    const deadline = Date.now() + quietWithinMs;
    let seen = -1;
    while (Date.now() < deadline) {
      const now = guest.logLength();
      if (now === seen) return;
      seen = now;
      await sleep(quietForMs);
    }
  };

  return {
    guest,
    async settle() {
      const news = guest.splats().slice(splat);
      const dead =
        guest.ended() !== undefined ||
        news.some(({ severity }) => severity === 'fatal') ||
        goodbyeIn(guest.log(line)) !== undefined;
      const mark = dead ? 'unanswered' : await markLog(guest);
      if (mark !== 'shown' || guest.splats().length > splat) await quiet();
      if (mark !== 'silent' || guest.ended() !== undefined) return;
      const known = new Set(hidden.map(({ title }) => title));
      hidden.push(...(await hiddenSplats(guest)).filter(({ title }) => !known.has(title)));
    },
    add(splats) {
      hidden.push(...splats);
    },
    take() {
      const lines = guest.log(line).filter((each) => !isMark(each));
      const shown = guest.splats().slice(splat);
      const splats = [...shown, ...hidden.slice(toldHidden)];
      line = guest.logLength();
      splat += shown.length;
      toldHidden = hidden.length;
      const gone = told ? undefined : guest.ended();
      told ||= gone !== undefined;
      return { lines, splats, ...(gone && { gone }) };
    },
  };
}
