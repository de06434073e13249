import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from '../../harness/index.ts';

/** Short patience for the watchdogs of the guest, where it has them. */
const patience: readonly [string, string][] = [
  ['/proc/sys/kernel/hung_task_timeout_secs', '3'],
  ['/proc/sys/kernel/hung_task_check_interval_secs', '1'],
  ['/proc/sys/kernel/watchdog_thresh', '1'],
];

/** Sets a guest up so that what goes wrong is noticed soon. */
export async function prepare(guest: Guest): Promise<void> {
  for (const [file, value] of patience) await guest.write(file, value).catch(() => undefined);
  await guest.mount({ type: 'debugfs', target: '/sys/kernel/debug' }).catch(() => undefined);
}

/** Words after which most kernels say nothing: left out unless they are asked for. */
export const silent: ReadonlySet<string> = new Set(['hang', 'deadlock', 'blocked']);

/** Words that are no word of /proc/provoke, or need more than one. */
export const otherWays: Readonly<Record<string, (guest: Guest) => Promise<void>>> = {
  'sysrq-crash': (guest) => guest.write('/proc/sysrq-trigger', 'c'),
  'sysrq-blocked': async (guest) => {
    const task = await guest.fork();
    task.write('/proc/provoke', 'blocked').catch(() => undefined);
    await sleep(300);
    await guest.write('/proc/sysrq-trigger', 'w');
    await guest.write('/proc/sysrq-trigger', 'd');
  },
  'leak-found': async (guest) => {
    await guest.write('/proc/provoke', 'leak');
    for (let round = 0; round < 3; round += 1) {
      await guest.write('/sys/kernel/debug/kmemleak', 'scan');
      await sleep(6000);
    }
  },
};
