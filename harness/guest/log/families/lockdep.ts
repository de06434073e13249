import { at, type Family, plain } from '../family.ts';

/** Reports of the lock validator: in brackets on 2.6.22, with "WARNING:" on modern kernels. */
export const lockdep: readonly Family[] = [
  {
    name: 'lockdep',
    severity: 'error',
    starts: [plain(/^WARNING: (lock held when returning to user space)/, 'lockdep: $1')],
    follows: ['oops', 'bug', 'cut-here'],
    consequence: true,
  },
  {
    name: 'lockdep',
    severity: 'error',
    form: 'prose',
    follows: ['oops', 'bug', 'cut-here'],
    consequence: true,
    detail: /^(\S+:\d+ (?:suspicious rcu_\w+\(\) usage|Illegal context switch in RCU[^!]*))/,
    starts: [
      plain(
        /^(?:\[ INFO|WARNING|\[ BUG): ((?:possible|bad|held|inconsistent|lock held|nested lock|invalid|suspicious|hard-safe|soft-safe|circular|different|irq lock|hardirq|softirq|HARDIRQ|SOFTIRQ|pool|Nested)[^\]]*?)(?: detected)?[!.]*(?: \])?$/,
        'lockdep: $1',
      ),
      plain(/^(?:\[ BUG|BUG|WARNING): (.*lock.* (?:held|freed|leaked)[^\]]*?)[!.]*(?: \])?$/, 'lockdep: $1'),
      plain(/^\[ (?:INFO|BUG): ([^\]]*?)[!.]* \]$/, 'lockdep: $1'),
    ],
  },
  {
    name: 'lockdep',
    severity: 'error',
    form: 'line',
    follows: ['oops', 'bug', 'cut-here'],
    consequence: true,
    starts: [
      at(/^INFO: trying to register non-static key/, 'lockdep: non-static key'),
      at(/^BUG: key \S+ (?:not in \.data|has not been registered)/, 'lockdep: key not registered'),
      plain(/^BUG: +(\d+) unexpected failures \(out of +(\d+)\)/, 'lockdep: $1 of $2 self-tests failed'),
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
      plain(/^(?:BUG: )?(MAX_\w+) too low/, 'lockdep is turned off: $1 too low'),
      plain(
        /^kmemleak: (?:Kernel memory leak detector disabled|.*early log buffer exceeded)/,
        'kmemleak is turned off',
      ),
    ],
  },
];
