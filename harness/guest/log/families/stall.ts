import { at, type Family, holding, inside, plain } from '../family.ts';

/** Processors and tasks that do not get on. */
export const stalls: readonly Family[] = [
  {
    // powerpc: the processor that another one has found stuck.
    name: 'stall',
    severity: 'error',
    interrupted: true,
    entered: true,
    starts: [at(/^watchdog: CPU \d+ Hard LOCKUP$/, 'hard lockup')],
    follows: ['stall'],
  },
  {
    name: 'stall',
    severity: 'error',
    interrupted: true,
    entered: true,
    starts: [
      at(/^(?:NMI )?(?:watchdog: )?BUG: soft lockup\b/, 'soft lockup'),
      // powerpc says where.
      inside(/^watchdog: CPU \d+ (?:self-detected )?[Hh]ard LOCKUP @ ([\w.]+)/, 'hard lockup', 1),
      at(/^watchdog: CPU \d+ (?:self-)?(?:detected )?[Hh]ard LOCKUP/, 'hard lockup'),
      at(/^(?:NMI )?(?:watchdog: )?(?:BUG: )?(?:Watchdog detected )?hard LOCKUP/, 'hard lockup'),
      holding(
        'hard LOCKUP',
        at(/^(?:NMI )?(?:watchdog: )?CPU ?\d+: (?:BUG: )?(?:Watchdog detected )?hard LOCKUP/, 'hard lockup'),
      ),
      at(/^(?:BUG: )?NMI Watchdog detected LOCKUP/, 'hard lockup'),
      at(/^Watchdog CPU:?\d+ (?:Hard LOCKUP|detected)/, 'hard lockup'),
    ],
    follows: ['cut-here', 'warn'],
    explains: ['warn'],
  },
  {
    // A processor does not answer another one.
    name: 'stall',
    severity: 'error',
    starts: [
      plain(
        /^(?:smp: )?csd: (?:Detected|Continued) non-responsive CSD lock/,
        'a processor does not answer calls (CSD lock)',
      ),
    ],
    follows: ['stall'],
  },
  {
    name: 'stall',
    severity: 'error',
    form: 'line',
    interrupted: true,
    starts: [plain(/^BUG: workqueue lockup/, 'workqueue lockup')],
  },
  {
    name: 'spinlock',
    severity: 'error',
    form: 'line',
    starts: [
      at(/^BUG: (spinlock|rwlock|write-lock|read-lock)[- ]lockup\b/, '$1 lockup'),
      at(
        /^BUG: (spinlock|rwlock) (bad magic|recursion|already unlocked|wrong CPU|wrong owner|trylock failure on UP|cpu recursion|uninitialized)/,
        '$1 $2',
      ),
    ],
  },
  {
    name: 'rcu-stall',
    severity: 'error',
    interrupted: true,
    entered: true,
    starts: [
      at(/^(?:rcu: )?INFO: (\w+) (?:self-)?detected (?:expedited )?stalls?\b/, 'RCU stall: $1'),
      at(/^INFO: RCU detected CPU stalls:/, 'RCU stall'),
      at(/^(?:INFO: (?:RCU )?)?(?:RCU )?detected CPU \d+ stall\b/, 'RCU stall'),
      holding(
        'kthread ',
        at(/^(?:rcu: )?(\w+) kthread (?:timer wakeup didn't happen|starved) for/, 'RCU stall: $1 kthread starved'),
      ),
    ],
    follows: ['rcu-stall'],
  },
  {
    name: 'hung-task',
    severity: 'error',
    entered: true,
    starts: [
      at(/^INFO: task (.+):\d+ blocked (?:in I\/O wait )?(?:on \S+ )?for more than \d+ seconds/, 'task hung: $1'),
      at(/^INFO: task (.+):\d+ can't die for more than \d+ seconds/, 'task cannot die: $1'),
      // The name has a line end in it.
      at(/^INFO: task (.{0,16})$/, 'task hung: $1'),
    ],
  },
  {
    // The second half of a name with a line end.
    name: 'hung-task',
    severity: 'error',
    entered: true,
    starts: [
      holding(
        'for more than',
        at(/^(.{0,16}):\d+ (?:blocked (?:in I\/O wait )?|can't die )for more than \d+ seconds/, 'task hung: $1'),
      ),
    ],
    follows: ['hung-task'],
  },
];
