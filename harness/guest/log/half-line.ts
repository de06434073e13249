import { type LogMessage, restartAt } from './prefix.ts';

/**
 * Heads of reports that no other text has: where a console shows no time stamps, they begin a message in the middle of a
 * line. Much of a head has to be there, up to its end where its words alone are what people write about reports.
 */
const unmistakable = new RegExp(
  [
    // Faults and panics.
    '-{12}\\[ cut here \\]',
    'Kernel panic - not syncing: ',
    'PANIC: (?:double fault|early exception)',
    'BUG: unable to handle ',
    'BUG: [Kk]ernel NULL pointer dereference(?:, address: [0-9a-f]| (?:on|at))',
    '[Uu]nable to handle kernel ',
    '(?:Oops: ){0,2}(?:general protection fault(?:, .{1,80})?|divide error|invalid opcode|int3|stack segment|double fault): [0-9a-f]{4} \\[#?\\d',
    'Oops: (?:Oops: )?[0-9a-f]{4,8} (?:ilc:\\d )?\\[#?\\d',
    'Oops: [\\w ]{1,40}, sig: \\d{1,2} \\[#\\d',
    'Oops ?\\[#\\d{1,5}\\]:?$',
    'Internal error: [\\w -]{1,40}: [0-9a-f]{1,16} \\[#\\d',
    '(?:(?:illegal|privileged|special) operation|(?:operation|protection|addressing|specification|data|translation|processing) exception): [0-9a-f]{4} (?:ilc:\\d )?\\[#',
    'kernel BUG at ',
    'Kernel BUG at \\S{1,80}:\\d',
    'Kernel bug detected ?\\[#\\d',
    'Insufficient stack space to handle exception!',
    'Fixing recursive fault but reboot is needed!',
    // Warnings and checkers.
    'WARNING: (?:at |CPU: \\d)',
    'WARNING: \\S{1,80}:\\d{1,5} at [\\w.]{1,80}\\+0x',
    'Badness (?:at|in) ',
    'BUG: (?:KASAN|KFENCE|KMSAN): [\\w -]{1,60} in [\\w.]{1,80}\\+0x',
    'BUG: KCSAN: [\\w -]{1,60} in [\\w.]{1,80}(?:\\+0x\\w{1,8}/0x\\w{1,8}| / [\\w.]{1,80})?$',
    'UBSAN: [\\w -]{1,60} in \\S{1,80}:\\d{1,5}:\\d{1,5}$',
    'refcount_t: (?:underflow|saturated|addition on 0|decrement hit 0)',
    'list_(?:add|del) corruption[.,] ',
    'kmemleak: \\d{1,9} new suspected memory leaks',
    // Locks, and sleeping where that is not allowed.
    'BUG: (?:sleeping function|scheduling while|spinlock |rwlock |at |using )',
    'scheduling while atomic: ',
    '\\[ (?:INFO|BUG): ',
    'WARNING: (?:possible (?:circular|recursive|irq lock|deadlock)|inconsistent lock|bad unlock|nested lock|lock held|(?:HARD|SOFT)IRQ-)[\\w >-]{0,60}(?: detected|state|held|space|usage)!?$',
    'WARNING: suspicious RCU usage\\.?$',
    // Processors and tasks that do not get on.
    'BUG: (?:soft lockup|workqueue )',
    'NMI Watchdog detected LOCKUP',
    'Watchdog detected hard LOCKUP on cpu \\d',
    'INFO: (?:task |rcu_|possible )',
    // Memory.
    '(?:BUG: )?Bad page (?:state|map|cache) in process ',
    'BUG: Bad rss-counter state ',
    'BUG [\\w.-]{1,60} \\((?:Not t|T)ainted',
    'slab error in [\\w.]{1,60}\\(\\): cache ',
    'unregister_netdevice: waiting for \\S{1,40} to become free',
    'VFS: (?:Close: file count is 0|Busy inodes after unmount)',
  ].join('|'),
);
/** Not after words that quote it, and not in the middle of a word; a number or a small letter may stand in front of a capital. */
const quoting = /["'`(=/]$|[Cc]ommand line: |\b(?:grep|echo|printf|match(?:es|ed|ing)?|expect(?:s|ed|ing)?) |[A-Z_]$/;
const small = /^[a-z]/;

/** What stands in front of whole records: the kernel's own stamp, or a logger of the kernel. That of a host's logger may be all there is. */
const ofRecord = /\[ {0,10}\d{1,10}\.\d{3,9}[\]@, ]|\bkernel\b|;$/;
const prefixOf = ({ raw, text }: LogMessage): string =>
  raw.slice(0, Math.min(200, Math.max(0, raw.length - text.length)));

/** What is left of a message when a program has written half a line in front of it; undefined where none has. */
export function behindHalfLine(message: LogMessage): LogMessage | undefined {
  if (message.stamped && ofRecord.test(prefixOf(message))) return undefined;
  const match = unmistakable.exec(message.text);
  if (!match || match.index === 0) return undefined;
  const before = message.text.slice(0, match.index);
  if (quoting.test(before) || (small.test(match[0]) && /[a-z]$/.test(before))) return undefined;
  return restartAt(message, match.index);
}
