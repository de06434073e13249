import { setTimeout as sleep } from 'node:timers/promises';
import { createLogReader } from '../../guest/log/index.ts';
import type { Guest, Splat } from '../../model/index.ts';

/** The detector passes over memory that is younger than five seconds; in milliseconds. */
const oldEnoughMs = 5500;
/** A scan reads all memory of the guest. */
const scanMs = 60_000;
const noDetector = 3;

/**
 * One scan leaves out what it has seen for the first time, so there are two. What they found counts once: it is cleared.
 * The file system is mounted for that long only, since suites look at what is mounted.
 */
const script = (words: string): string => `d=/sys/kernel/debug
mine=
if [ ! -e $d/kmemleak ]; then
  mount -t debugfs debugfs $d 2>/dev/null && mine=1
fi
status=${noDetector}
if [ -e $d/kmemleak ]; then
  status=0
  ${words}
fi
[ -n "$mine" ] && umount $d
exit $status
`;
const look = script(':');
const search = script('echo scan > $d/kmemleak; echo scan > $d/kmemleak; cat $d/kmemleak; echo clear > $d/kmemleak');

/** Memory that a kernel with kmemleak has lost sight of. */
export interface LeakDetector {
  /**
   * What was leaked since the last call, as reports; nothing on a kernel without the detector. Undefined where the detector
   * is there and gave no answer: nobody knows then.
   */
  find(guest: Guest): Promise<readonly Splat[] | undefined>;
  /** Whether the kernel has the detector, as far as it was asked. */
  knows(): boolean;
  /**
   * Reports of a log as they count: a search makes the kernel print how much it suspects, which is no report beside the
   * search's own answer. What one look suspects, a second one may well take back.
   */
  judged(splats: readonly Splat[]): readonly Splat[];
}

const suspicion = 'kmemleak: suspected memory leaks';

function isDying(guest: Guest): boolean {
  return guest.ended() !== undefined || guest.splats().some(({ severity }) => severity === 'fatal');
}

/** Whether a kernel has the detector is asked once, so one serves guests of one kernel. */
export function leakDetector(waitMs = oldEnoughMs): LeakDetector {
  let has: boolean | undefined;
  let answers = true;
  const run = async (guest: Guest, text: string): Promise<string | undefined> => {
    const answer = await guest.run({ argv: ['/bin/sh', '-c', text], timeoutMs: scanMs }).catch(() => undefined);
    if (answer?.status === noDetector) has = false;
    return answer?.status === 0 ? answer.stdout : undefined;
  };
  return {
    async find(guest) {
      if (has === undefined && !isDying(guest) && (await run(guest, look)) !== undefined) has = true;
      if (has !== true || isDying(guest)) return [];
      await sleep(waitMs);
      const found = await run(guest, search);
      if (found === undefined) {
        answers = false;
        return isDying(guest) ? [] : undefined;
      }
      if (found === '') return [];
      const reader = createLogReader({ wrapsLog: false });
      reader.push(Buffer.from(found));
      reader.end();
      return reader.splats();
    },
    knows: () => has === true,
    judged(splats) {
      if (has !== true || !answers) return splats;
      return splats.map((one) => (one.title === suspicion ? { ...one, severity: 'coverage' } : one));
    },
  };
}
