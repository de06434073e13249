import { at, type Family, holding, needing, plain } from '../family.ts';

/** Panics that only carry out what a report before them asked for. */
const consequences = [
  'Fatal exception',
  'panic_on_',
  '.{0,60}panic_on_\\w+ (?:is )?(?:set|enabled)',
  '.{0,60}panic_on_\\w+',
  'hung_task',
  'softlockup',
  'Hard LOCKUP',
  'Softlockup',
  'RCU Stall',
  'Aiee',
  'BUG!',
  'scheduling while atomic',
  'Watchdog detected hard LOCKUP',
  '(?:nmi )?watchdog',
  'KASAN',
  'UBSAN',
  'bad_page',
  'Oops',
  'Unrecoverable',
  'Die\\b',
  'LOCKUP',
  'Non maskable interrupt',
  'Attempted to kill the idle task',
].join('|');

/** What no kernel survives, in every era and on every architecture. */
export const fatal: readonly Family[] = [
  {
    name: 'panic',
    severity: 'fatal',
    starts: [
      plain(new RegExp(`^Kernel panic(?: - not syncing)?: ((?:${consequences}).*)`), 'panic: $1'),
      // Its own line was lost.
      plain(/^---\[ end Kernel panic - not syncing: (.+?)(?:\. .*)? \]---/, 'panic: $1'),
    ],
    follows: ['*'],
    consequence: true,
  },
  {
    name: 'panic',
    severity: 'fatal',
    entered: true,
    starts: [
      at(/^Kernel panic - not syncing: (corrupted stack end detected inside scheduler)/, 'panic: $1'),
      plain(/^Kernel panic - not syncing: VFS: Unable to mount root fs/, 'panic: no root file system'),
      plain(/^Kernel panic - not syncing: (Attempted to kill init)/, 'panic: $1'),
      plain(/^Kernel panic - not syncing: ((?:stack-protector: )?Kernel stack is corrupted in: [\w.]+)/, 'panic: $1'),
      plain(/^Kernel panic(?: - not syncing)?: (.+?)(?:\. .*)?$/, 'panic: $1'),
      at(/^Kernel panic - not syncing:?\s*$/, 'panic'),
    ],
    follows: ['oops', 'bug', 'double-fault', 'stack-overflow', 'recursive-fault', 'panic', 'sanitizer', 'oom'],
    consequence: true,
  },
  {
    // Before there is anybody who could panic.
    name: 'panic',
    severity: 'fatal',
    starts: [at(/^PANIC: early exception /, 'early exception')],
  },
  {
    name: 'recursive-fault',
    severity: 'fatal',
    starts: [
      at(/^Fixing recursive fault but reboot is needed/, 'recursive fault'),
      at(/^Recursive die\(\) failure, output suppressed/, 'recursive fault'),
    ],
    follows: ['oops', 'bug', 'double-fault'],
    consequence: true,
  },
  {
    name: 'double-fault',
    severity: 'fatal',
    follows: ['double-fault', 'stack-overflow'],
    starts: [
      at(/^(?:traps: )?PANIC: double fault/, 'double fault'),
      // i386.
      at(/^double fault, gdt at [0-9a-f]{8}/, 'double fault'),
      at(/^(?:Oops: ){0,2}double fault: [0-9a-f]{4} \[#?\d+\]/, 'double fault'),
    ],
  },
  {
    name: 'stack-overflow',
    severity: 'fatal',
    entered: true,
    starts: [
      needing(' stack guard page', at(/^BUG: .{1,40} stack guard page was hit/, 'kernel stack overflow')),
      at(/^BUG: stack guard page was hit/, 'kernel stack overflow'),
      at(/^Kernel stack overflow\b/, 'kernel stack overflow'),
      at(/^Insufficient stack space to handle exception!/, 'kernel stack overflow'),
      at(/^Corrupt kernel stack, can't continue/, 'corrupt kernel stack'),
      at(/^Thread overran stack, or stack corrupted/, 'kernel stack overflow'),
      at(/^Bad kernel stack pointer [0-9a-f]+ at/, 'bad kernel stack pointer'),
    ],
    follows: ['oops', 'bug', 'panic'],
  },
  {
    name: 'stack-overflow',
    severity: 'error',
    entered: true,
    starts: [
      at(/^do_IRQ: stack overflow: /, 'kernel stack overflow'),
      holding(
        'overflown the kernel stack',
        at(/^do_IRQ: .{1,60} has overflown the kernel stack/, 'kernel stack overflow'),
      ),
    ],
  },
];
