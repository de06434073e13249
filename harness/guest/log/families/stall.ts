import { at, type Family, plain } from '../family.ts';

/** Processors and tasks that do not get on. */
export const stalls: readonly Family[] = [
  {
    name: 'stall',
    severity: 'error',
    starts: [
      at(/^(?:watchdog: )?BUG: soft lockup\b/, 'soft lockup'),
      at(/^(?:NMI )?watchdog: (?:BUG: )?(?:Watchdog detected )?hard LOCKUP/, 'hard lockup'),
      at(/^(?:BUG: )?NMI Watchdog detected LOCKUP/, 'hard lockup'),
      at(/^(?:NMI )?watchdog: Watchdog detected hard LOCKUP/, 'hard lockup'),
    ],
  },
  {
    name: 'stall',
    severity: 'error',
    form: 'line',
    starts: [plain(/^BUG: workqueue lockup/, 'workqueue lockup')],
  },
  {
    name: 'spinlock',
    severity: 'error',
    form: 'line',
    starts: [
      at(/^BUG: (spinlock|rwlock|write-lock|read-lock)[- ]lockup\b/, '$1 lockup'),
      at(
        /^BUG: (spinlock|rwlock) (bad magic|recursion|already unlocked|wrong CPU|wrong owner|trylock failure on UP|cpu recursion)/,
        '$1 $2',
      ),
    ],
  },
  {
    name: 'rcu-stall',
    severity: 'error',
    starts: [
      plain(/^(?:rcu: )?INFO: (\w+) (?:self-)?detected (?:expedited )?stalls?\b/, 'RCU stall: $1'),
      plain(/^(?:rcu: )?(\w+) kthread (?:timer wakeup didn't happen|starved) for/, 'RCU stall: $1 kthread starved'),
    ],
    follows: ['rcu-stall'],
  },
  {
    name: 'hung-task',
    severity: 'error',
    starts: [plain(/^INFO: task (.+):\d+ blocked (?:in I\/O wait )?for more than \d+ seconds/, 'task hung: $1')],
  },
];
