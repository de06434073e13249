import { at, type Family, holding, needing, plain } from '../family.ts';

/** `ffffffff82a1c0e0 (mutex_a){+.+.}-{3:3}, at: …`: the name without the number of its instance. */
const lock =
  /^\s*(?:[0-9a-f]{8,16}\s+)?\((\S.{0,80}?)(?:#\d+)?(?:\/\d+)?\)\s*\{(?:[^}]{0,20}\}(?:-\{\S{1,8}\})?, at: (?:\[<[0-9a-f]+>\] )?([\w.]+)\+)?/;
/** And where it was taken: of one that is kept there is no other place. */
const heldLock =
  /^\s*#\d+:\s+(?:[0-9a-f]{8,16}\s+)?\((\S.{0,80}?)(?:#\d+)?(?:\/\d+)?\)\s*\{[^}]{0,20}\}(?:-\{\S{1,8}\})?, at: (?:\[<[0-9a-f]+>\] )?([\w.]+)/;

const base = { name: 'lockdep', severity: 'error', follows: ['oops', 'bug', 'cut-here'], consequence: true } as const;

/** Reports of the lock validator: in brackets on 2.6.22, with "WARNING:" on modern kernels. Titles name the locks. */
export const lockdep: readonly Family[] = [
  {
    ...base,
    detail: heldLock,
    starts: [plain(/^WARNING: (lock held when returning to user space)/, 'lockdep: $1')],
  },
  {
    ...base,
    form: 'prose',
    detail: heldLock,
    starts: [
      plain(
        /^(?:\[ (?:INFO|BUG)|WARNING|BUG): (lock held at task exit time|lock held when returning to user space)/,
        'lockdep: $1',
      ),
      needing(
        ' still has locks held',
        plain(/^(?:\[ BUG|WARNING|BUG): .{1,40} still has locks held/, 'lockdep: a task still has locks held'),
      ),
    ],
  },
  {
    ...base,
    form: 'prose',
    detail: /^(\S+:\d+ (?:suspicious \w+\(\) usage|Illegal context switch in RCU[^!]*))/,
    starts: [plain(/^(?:\[ INFO|WARNING|INFO): (suspicious (?:RCU|rcu)[^\]]*?)[!.]*(?: \])?$/, 'lockdep: $1')],
  },
  {
    ...base,
    form: 'prose',
    detail: /\btrying to (?:release|contend) lock \((.{1,80}?)(?:#\d+)?\) at/,
    starts: [
      plain(/^(?:\[ (?:BUG|INFO)|WARNING|BUG): (bad (?:unlock balance|contention))[^\]]*(?: \])?$/, 'lockdep: $1'),
    ],
  },
  {
    ...base,
    form: 'prose',
    detail: lock,
    details: 2,
    starts: [
      plain(
        /^(?:\[ INFO|WARNING|\[ BUG|INFO|BUG): ((?:possible|held|inconsistent|lock held|nested lock|invalid|Invalid|suspicious|hard-safe|soft-safe|circular|different|irq lock|hardirq|softirq|HARDIRQ|SOFTIRQ|\w+-READ-safe|\w+-safe|pool|Nested|process still|chain_key)[^\]]{0,100}?)(?: detected)?[!.]*(?: \])?$/,
        'lockdep: $1',
      ),
      needing(
        'lock',
        plain(
          /^(?:\[ BUG|BUG|WARNING): (.{0,60}lock.{0,60} (?:held|freed|leaked)[^\]]{0,60}?)[!.]*(?: \])?$/,
          'lockdep: $1',
        ),
      ),
      plain(/^\[ (?:INFO|BUG): ([^\]]{1,120}?)[!.]* \]$/, 'lockdep: $1'),
    ],
  },
  {
    ...base,
    form: 'line',
    starts: [
      at(/^INFO: trying to register non-static key/, 'lockdep: non-static key'),
      at(/^BUG: key \S+ (?:not in \.data|has not been registered)/, 'lockdep: key not registered'),
      plain(/^BUG: +(\d+) unexpected failures \(out of +(\d+)\)/, 'lockdep: $1 of $2 self-tests failed'),
      at(/^BUG: held lock freed/, 'lockdep: held lock freed'),
      at(/^BUG: (lock held at task exit time|bad unlock ordering)/, 'lockdep: $1'),
    ],
  },
  {
    // A checker that has stopped sees nothing more: what passes after it proves less.
    name: 'coverage-lost',
    severity: 'coverage',
    form: 'line',
    follows: ['*'],
    consequence: true,
    starts: [
      plain(/^INFO: lockdep is turned off/, 'lockdep is turned off'),
      plain(/^turning off the locking correctness validator/, 'lockdep is turned off'),
      plain(/^Disabling lock debugging due to kernel taint/, 'lockdep is turned off'),
      plain(/^BUG: (MAX_\w+) too low/, 'lockdep is turned off: $1 too low'),
      holding('too low', plain(/^(MAX_\w+) too low/, 'lockdep is turned off: $1 too low')),
      plain(
        /^kmemleak: (?:Kernel memory leak detector disabled|.*early log buffer exceeded)/,
        'kmemleak is turned off',
      ),
    ],
  },
];
