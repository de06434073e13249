import { at, type Family, plain } from '../family.ts';

/** What no kernel survives, in every era and on every architecture. */
export const fatal: readonly Family[] = [
  {
    name: 'panic',
    severity: 'fatal',
    starts: [
      plain(
        /^Kernel panic - not syncing: (Fatal exception|panic_on_|.*panic_on_warn set|hung_task|softlockup|Hard LOCKUP|RCU Stall|Aiee)(.*)/,
        'panic: $1$2',
      ),
    ],
    follows: ['*'],
    consequence: true,
  },
  {
    name: 'panic',
    severity: 'fatal',
    starts: [
      plain(/^Kernel panic - not syncing: VFS: Unable to mount root fs/, 'panic: no root file system'),
      plain(/^Kernel panic - not syncing: (Attempted to kill init)/, 'panic: $1'),
      plain(/^Kernel panic(?: - not syncing)?: (.+?)(?:\. .*)?$/, 'panic: $1'),
    ],
    follows: ['oops', 'bug', 'double-fault', 'stack-overflow', 'recursive-fault', 'panic'],
    consequence: true,
  },
  {
    name: 'recursive-fault',
    severity: 'fatal',
    starts: [at(/^Fixing recursive fault but reboot is needed/, 'recursive fault')],
    follows: ['oops', 'bug', 'double-fault'],
    consequence: true,
  },
  {
    name: 'double-fault',
    severity: 'fatal',
    follows: ['double-fault', 'stack-overflow'],
    starts: [
      at(/^(?:traps: )?PANIC: double fault/, 'double fault'),
      at(/^double fault: [0-9a-f]{4} \[#?\d+\]/, 'double fault'),
      at(/^Oops: double fault: [0-9a-f]{4} \[#?\d+\]/, 'double fault'),
    ],
  },
  {
    name: 'stack-overflow',
    severity: 'fatal',
    starts: [
      at(/^BUG: (?:IRQ|TASK|stack guard page was hit|.* stack guard page was hit)/, 'kernel stack overflow'),
      at(/^Kernel stack overflow\b/, 'kernel stack overflow'),
      at(/^Corrupt kernel stack, can't continue/, 'corrupt kernel stack'),
    ],
  },
];
