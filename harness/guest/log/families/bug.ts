import { at, type Family, holding, inside, plain } from '../family.ts';

/** BUG() and WARN(), and the frame that modern kernels put around them. */
export const cutHere: Family = {
  name: 'cut-here',
  severity: 'error',
  starts: [
    holding('cut here', at(/^-+ ?\[ ?cut here ?\] ?-+/, 'report without a message')),
    // A fuzzer's words in front of what kmemleak says.
    plain(/^BUG: memory leak$/, 'memory leak'),
  ],
  // Some messages come just before the frame: up to 4.15 those of every WARN().
  follows: ['list', 'slab', 'cfi', 'fortify', 'usercopy', 'assertion', 'refcount', 'odebug', 'netdev', 'stall'],
};

export const bugs: readonly Family[] = [
  {
    name: 'bug',
    severity: 'fatal',
    starts: [
      at(/^(?:kernel BUG|Kernel BUG) at (?:\[.{1,200}?\] )?(\S+?:\d+)!?/, 'BUG at $1'),
      inside(/^Kernel BUG at ([\w.]+)\+0x/, 'BUG', 1),
      at(/^Kernel BUG at (?:(?:PC )?0x|[0-9a-f]{8}|<|\S+$)/, 'BUG'),
      at(/^(?:invalid opcode: [0-9a-f]{4} )?kernel BUG at (?:(?:PC )?0x|[0-9a-f]{8}|<|\S+$)/, 'BUG'),
    ],
    follows: ['cut-here', 'list', 'slab', 'fortify', 'usercopy', 'cfi', 'assertion'],
  },
  {
    // mips, loongarch, riscv and s390: below its place, or alone without CONFIG_DEBUG_BUGVERBOSE.
    name: 'bug',
    severity: 'fatal',
    starts: [at(/^(?:Kernel bug detected|Kernel BUG) ?\[#\d+\]/, 'BUG')],
    follows: ['bug', 'cut-here', 'list', 'slab', 'fortify', 'usercopy', 'cfi', 'assertion'],
  },
  {
    name: 'warn',
    severity: 'error',
    form: 'line',
    starts: [
      inside(/^WARNING: CPU: \d+ PID: \d+ at (\S+:\d+) ([\w.]+)\+0x/, 'WARNING at $1', 2),
      at(/^WARNING: CPU: \d+ PID: \d+ at (\S+:\d+)/, 'WARNING at $1'),
      // Without CONFIG_DEBUG_BUGVERBOSE.
      inside(/^WARNING: CPU: \d+ PID: \d+ at ([\w.]+)\+0x/, 'WARNING', 1),
      // 6.16 and later; with CONFIG_DEBUG_BUGVERBOSE_DETAILED the condition stands in front.
      inside(/^WARNING: (?:\[.{1,200}?\] )?(\S+:\d+) at ([\w.]+)(?:\+0x|,|$)/, 'WARNING at $1', 2),
      at(/^WARNING: (?:\[.{1,200}?\] )?(\S+:\d+) at \S/, 'WARNING at $1'),
      at(/^WARNING: (?:\[.{1,200}?\] )?(\S+:\d+)(?:, CPU#| CPU: )\d+/, 'WARNING at $1'),
      inside(/^WARNING: at ([\w.]+)\+0x\w+(?:\/0x\w+)?, CPU#\d+/, 'WARNING', 1),
      // 2.6.19 to 3.x.
      inside(/^(?:WARNING: at|BUG: (?:warning )?at) (\S+:\d+)[ /]([\w.]+)(?:\(\)|\+0x)/, 'WARNING at $1', 2),
      at(/^(?:WARNING: at|Badness at) (\S+:\d+)/, 'WARNING at $1'),
      // s390 without CONFIG_DEBUG_BUGVERBOSE.
      at(/^Badness at [0-9a-f]{8,16}\b/, 'WARNING'),
      inside(/^Badness in ([\w.]+) at (\S+:\d+)/, 'WARNING at $2', 1),
    ],
    follows: ['cut-here', 'refcount', 'list', 'odebug', 'cfi', 'stall', 'netdev', 'fortify', 'usercopy', 'assertion'],
  },
];

/** A piece of work that came back with a lock or with preemption off: what it was stands in the next line. */
export const workLeaks: Family = {
  name: 'bug',
  severity: 'error',
  starts: [
    plain(/^BUG: (workqueue leaked lock or atomic): ([^/:]+)/, 'BUG: $1: $2'),
    plain(/^BUG: (workqueue leaked atomic, lock or RCU): ([^/:[]+)/, 'BUG: $1: $2'),
  ],
  detail: /^\s+last function: ([\w.]+)/,
};

/** Sanity checks that print a line of their own and, in some versions, a stack. */
const checks: Family = {
  name: 'bug',
  severity: 'error',
  starts: [
    inside(/^BUG: using ([\w()]+) in preemptible .*? caller is ([\w.]+)/, 'BUG: $1 in preemptible code', 2),
    at(/^BUG: using ([\w()]+) in preemptible/, 'BUG: $1 in preemptible code'),
    at(/^BUG: using ([\w()]+) inside of preemptible/, 'BUG: $1 in preemptible code'),
    at(/^BUG: atomic counter underflow/, 'BUG: atomic counter underflow'),
  ],
  follows: ['cut-here'],
};

/** The last resort: a line that says BUG in a wording that no other family knows. */
export const otherBugs: readonly Family[] = [
  checks,
  {
    name: 'bug',
    severity: 'error',
    form: 'line',
    starts: [
      plain(/^BUG: (Dentry).*\[unmount of (\S+)/, '$1 still in use at the unmount of $2'),
      plain(/^BUG: (.+)/, 'BUG: $1'),
      plain(/^(?:BUG|Bug) in (\w+)/, 'BUG in $1'),
      holding('BUG', plain(/^.{0,60}\bBUG(?:!| --?) (.{1,80})/, 'BUG: $1')),
      plain(/^(VFS: Busy inodes after unmount)/, '$1'),
      plain(/^(VFS: Close: file count is 0)/, '$1'),
      plain(/^(VFS: brelse: Trying to free free buffer)/, '$1'),
      plain(/^(VFS: [Bb]usy inodes on changed media)/, '$1'),
    ],
    follows: ['cut-here'],
  },
];
