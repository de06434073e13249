import type { LogMessage } from './prefix.ts';

/** The first line of a boot. */
export const banner = /^Linux version \d/;
/** What a kernel says before it ends a boot on purpose. */
const farewell =
  /(?:^|\] )(?:reboot: )?(?:Restarting system|Power down|System halted|machine restart)|[Ss]ys[Rr]q ?: Resetting/;
/** Lines above a banner in which the boot before is looked for. */
const looked = 400;
/** Seconds after which a kernel has certainly begun. */
const begun = 1;

export interface BootsOptions {
  /** The guest has booted already (it was restored): the first banner is then a reboot. */
  readonly booted?: boolean;
  /** The log may hold several boots: one that the kernel announced is as it should be. */
  readonly several?: boolean;
}

/** The boots of a log. */
export interface Boots {
  /** What a message is: no banner, the first of a log, or that of a boot that nobody wanted. */
  take(message: LogMessage, index: number): 'none' | 'boot' | 'reboot';
  hasBanner(): boolean;
}

/** Seconds of the kernel's time stamp; undefined for a line without. */
function secondsOf(line: string): number | undefined {
  const seconds = /\[ {0,8}(\d{1,8})\.\d{3,9}\]/.exec(line.slice(0, 120))?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}

/** `above` gives lines from an index on, as far as they are kept. */
export function createBoots(options: BootsOptions, above: (index: number) => readonly string[]): Boots {
  let banners = options.booted ? 1 : 0;
  return {
    take({ text, raw }, index) {
      if (!text.startsWith('Linux') || !banner.test(text)) return 'none';
      banners += 1;
      const first = Math.max(0, index - looked);
      const lines = above(first).slice(0, index - first);
      if (options.several && lines.some((line) => farewell.test(line))) return 'boot';
      if (banners > 1) return 'reboot';
      // A log that begins in the middle of a boot: its time runs back.
      const now = secondsOf(raw);
      const ran = now !== undefined && lines.some((line) => (secondsOf(line) ?? 0) >= now + begun);
      return ran ? 'reboot' : 'boot';
    },
    hasBanner: () => banners > 0,
  };
}
