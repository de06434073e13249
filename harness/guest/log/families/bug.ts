import { at, type Family, plain } from '../family.ts';

/** BUG() and WARN(), and the frame that modern kernels put around them. */
export const cutHere: Family = {
  name: 'cut-here',
  severity: 'error',
  starts: [at(/^-+ ?\[ ?cut here ?\] ?-+/, 'report without a message')],
  // Some messages come just before the frame.
  follows: ['list', 'slab'],
};

export const bugs: readonly Family[] = [
  {
    name: 'bug',
    severity: 'fatal',
    starts: [at(/^(?:kernel BUG|Kernel BUG) at (\S+?:\d+)!?/, 'BUG at $1'), at(/^Kernel BUG at /, 'BUG')],
    follows: ['cut-here', 'list', 'slab'],
  },
  {
    name: 'warn',
    severity: 'error',
    form: 'line',
    starts: [
      plain(/^WARNING: CPU: \d+ PID: \d+ at (\S+:\d+) ([\w.]+)\+0x/, 'WARNING at $1 in $2'),
      at(/^WARNING: CPU: \d+ PID: \d+ at (\S+:\d+)/, 'WARNING at $1'),
      // Without CONFIG_DEBUG_BUGVERBOSE.
      plain(/^WARNING: CPU: \d+ PID: \d+ at ([\w.]+)\+0x/, 'WARNING in $1'),
      plain(/^(?:WARNING: at|BUG: (?:warning )?at) (\S+:\d+)[ /]([\w.]+)\(\)/, 'WARNING at $1 in $2'),
      at(/^(?:WARNING: at|Badness at) (\S+:\d+)/, 'WARNING at $1'),
      // s390 without CONFIG_DEBUG_BUGVERBOSE.
      at(/^Badness at [0-9a-f]{8,16}\b/, 'WARNING'),
      plain(/^Badness in ([\w.]+) at (\S+:\d+)/, 'WARNING at $2 in $1'),
    ],
    follows: ['cut-here', 'refcount', 'list', 'odebug'],
  },
];

/** A piece of work that came back with a lock or with preemption off: what it was stands in the next line. */
export const workLeaks: Family = {
  name: 'bug',
  severity: 'error',
  starts: [plain(/^BUG: (workqueue leaked lock or atomic): ([^/:]+)/, 'BUG: $1: $2')],
  detail: /^\s+last function: ([\w.]+)/,
};

/** The last resort: a line that says BUG in a wording that no other family knows. */
export const otherBugs: readonly Family[] = [
  {
    name: 'bug',
    severity: 'error',
    form: 'line',
    starts: [
      plain(/^BUG: (Dentry).*\[unmount of (\S+)/, '$1 still in use at the unmount of $2'),
      plain(/^BUG: using ([\w()]+) in preemptible/, 'BUG: $1 in preemptible code'),
      plain(/^BUG: (.+)/, 'BUG: $1'),
      plain(/^(VFS: Busy inodes after unmount)/, '$1'),
    ],
    follows: ['cut-here'],
  },
];
