import { at, type Family, holding, inside, plain } from '../family.ts';

const rule = /^={20,}$/;

/** What the sanitizers and other checkers of memory and control flow say. */
export const checkers: readonly Family[] = [
  {
    name: 'sanitizer',
    severity: 'error',
    form: 'prose',
    end: rule,
    starts: [
      inside(/^BUG: (KASAN|KFENCE|KMSAN|KASan): (.+?) in ([\w.]+)(?:\+0x.*| at addr .*)?$/, '$1: $2', 3),
      plain(/^BUG: (KASAN|KFENCE|KMSAN|KASan): (.+)$/, '$1: $2'),
      plain(/^BUG: KCSAN: (.+)$/, 'KCSAN: $1'),
    ],
    follows: ['cut-here'],
  },
  {
    name: 'sanitizer',
    severity: 'error',
    form: 'prose',
    end: rule,
    starts: [
      plain(/^UBSAN: (.+?) in (\S+:\d+)/, 'UBSAN: $1 in $2'),
      plain(/^UBSAN: Undefined behaviour in (\S+:\d+)/, 'UBSAN: undefined behaviour in $1'),
      at(/^(?:Internal error: |Oops: )?UBSAN: ([a-z][\w -]{2,40})(?:: [0-9a-f]+ \[#\d+\].*)?$/, 'UBSAN: $1'),
    ],
    follows: ['cut-here', 'oops'],
  },
  {
    name: 'sanitizer',
    severity: 'error',
    starts: [at(/^WARNING: kmemcheck: Caught (.+?) \(/, 'kmemcheck: $1')],
  },
  {
    name: 'cfi',
    severity: 'error',
    starts: [
      inside(/^CFI failure at ([\w.]+)\+0x/, 'CFI failure', 1),
      at(/^CFI failure \(target: /, 'CFI failure'),
      at(/^CFI failure/, 'CFI failure'),
    ],
    follows: ['cut-here', 'warn'],
    explains: ['warn'],
  },
  {
    name: 'fortify',
    severity: 'error',
    starts: [
      at(/^detected buffer overflow in (\w+)/, 'buffer overflow in $1'),
      holding(
        ': detected ',
        at(
          /^(\w{1,20}): detected (\d+ byte buffer (?:overflow|overread)|buffer overflow|field-spanning write)/,
          '$1: $2',
        ),
      ),
    ],
    follows: ['cut-here', 'warn'],
    explains: ['warn'],
  },
  {
    name: 'usercopy',
    severity: 'error',
    starts: [
      at(
        /^usercopy: (Kernel memory (?:exposure|overwrite) attempt detected (?:from|to) [\w' -]{1,60})/,
        'usercopy: $1',
      ),
      at(/^usercopy: kernel memory (?:exposure|overwrite) attempt detected (?:from|to)/, 'usercopy: bad copy'),
    ],
    follows: ['cut-here'],
  },
  {
    name: 'assertion',
    severity: 'error',
    starts: [
      plain(/^XFS(?: \(\S+\))?: Assertion failed: (.+?), file: (\S+?), line: (\d+)/, 'assertion failed at $2:$3'),
      plain(/^assertion failed: (.+), (?:file: |in )(\S+?)(?:, line: |:)(\d+)/, 'assertion failed at $2:$3'),
      plain(/^Assertion failure in (\w+)\(\) at (\S+:\d+): ["'](.+?)["']?$/, 'assertion failed at $2 in $1'),
      plain(/^BUG at (\S+:\d+) assert\(/, 'assertion failed at $1'),
      holding(
        'fatal',
        plain(/^(?:(?:gfs2|GFS2): fsid=\S{1,64}|lock_dlm): {1,4}fatal:? assertion (.{0,80})/, 'assertion failed: $1'),
      ),
      plain(/^NILFS_PAGE_BUG\(/, 'assertion failed: page of NILFS'),
      plain(/^(?:vmalloc: )?(?:vmap_area_)?(tree is corrupted): \d+, \d+/, 'vmalloc: $1'),
      at(/^(?:skbuff: )?(skb_(?:over|under)_panic): text:/, '$1'),
      holding(
        'page_pool refcnt',
        plain(/^\w{1,40}\(\) page_pool refcnt -?\d+ violation/, 'page_pool: wrong reference count'),
      ),
      plain(/^Assertion failed! (.+)/, 'assertion failed: $1'),
      at(/^rust_kernel: panicked at (?:'.{1,200}', )?(\S+?:\d+)/, 'Rust panicked at $1'),
    ],
    follows: ['cut-here', 'warn'],
    explains: ['warn'],
  },
  {
    // The unwinder does not understand the stack.
    name: 'unwinder',
    severity: 'error',
    form: 'line',
    starts: [
      plain(/^WARNING: (stack recursion) on stack type/, 'unwinder: $1'),
      plain(/^WARNING: (unrecognized unwind stack type)/, 'unwinder: $1'),
      plain(
        /^WARNING: (kernel stack (?:frame pointer|regs)) at {1,20}\S+ in (.+?):\d+ has bad .{1,40}/,
        'unwinder: $1 has a bad value',
      ),
      plain(/^WARNING: (can't (?:access|dereference) (?:iret )?registers at)/, 'unwinder: $1'),
    ],
    follows: ['oops', 'bug', 'warn', 'cut-here', 'sanitizer', 'stall', 'rcu-stall', 'atomic', 'lockdep'],
  },
  {
    // A device that somebody still holds.
    name: 'netdev',
    severity: 'error',
    form: 'alone',
    starts: [
      plain(
        /^(?:unregister_netdevice|netdev_wait_allrefs\w*|free_netdev): waiting for (\S+) to become free/,
        'unregister_netdevice: waiting for $1 to become free',
      ),
    ],
    follows: ['netdev'],
  },
  {
    name: 'netdev',
    severity: 'error',
    starts: [
      at(/^ref_tracker: (?:\S+ has (?:at least )?\d+\/\d+ users at|leaked reference)/, 'ref_tracker: leaked reference'),
      at(/^leaked reference\.$/, 'ref_tracker: leaked reference'),
    ],
    follows: ['netdev'],
  },
  {
    // Once the message of a warning, now on its own.
    name: 'netdev',
    severity: 'error',
    starts: [
      holding(
        'NETDEV WATCHDOG',
        plain(
          /^(?:.{1,60}: )?NETDEV WATCHDOG: (?:CPU: \d+: )?(?:(\S+) \([^)]*\): |(\S+): )?transmit (?:queue \d+ )?timed out/,
          'transmit queue timed out $1$2',
        ),
      ),
    ],
    follows: ['cut-here', 'warn'],
    explains: ['warn'],
  },
];
