import { at, type Family, holding } from '../family.ts';
import { oopsFollows } from './x86.ts';

/** Faults on arm, arm64, riscv, powerpc, mips, loongarch, sparc, parisc and others. */
export const others: readonly Family[] = [
  {
    // parisc shows the stack first.
    name: 'oops',
    severity: 'fatal',
    starts: [
      at(/^(?:Kernel Fault|Bad Address \(null pointer deref\?\)|Data TLB miss fault): Code=/, 'bad paging request'),
    ],
    follows: [...oopsFollows, 'panic', 'stack'],
    explains: ['stack'],
  },
  {
    name: 'oops',
    severity: 'fatal',
    starts: [
      // arm64, arm, riscv.
      at(
        /^Unable to handle kernel (?:access to user memory (?:outside|without) uaccess routines|execute from non-executable memory|execution of user memory|read from unreadable memory|write to read-only memory)/,
        'bad paging request',
      ),
      at(/^Unable to handle kernel (?:access|address|instruction|data|unaligned)/, 'bad paging request'),
      at(/^Internal error: Oops(?: - BUG)?: [0-9a-f]{1,16} \[#\d+\]/, 'oops'),
      at(/^Internal error: (?:Oops - )?([\w ()/-]{1,60}): [0-9a-f]{1,16} \[#\d+\]/, '$1'),
      at(/^Internal error: (?!UBSAN: )/, 'oops'),
      at(/^Unhandled (?:fault|prefetch abort): (.{1,60}?) \(0x[0-9a-f]+\)/, '$1'),
      at(/^Unhandled .{1,40} exception on CPU\d+, (?:code|ESR)/, 'unhandled exception'),
      at(/^Unexpected kernel (?:BRK|single-step) exception at EL1/, 'unexpected exception'),
      at(/^Bad mode in .{1,40} handler detected/, 'bad mode'),
      at(/^SError Interrupt on CPU\d+/, 'SError interrupt'),
      at(/^Oops - ([\w ,()/-]{1,60}?) \[#\d+\]/, '$1'),
      // powerpc.
      at(/^BUG: Unable to handle kernel (?:data|instruction|unaligned)/, 'bad paging request'),
      at(/^Oops: ([\w ,()/-]{1,60}?), sig: \d+ \[#\d+\]/, '$1'),
      at(
        /^(?:Kernel attempted to|kernel tried to) (?:read|write|execute|access) (?:user|exec-protected) page/,
        'bad paging request',
      ),
      at(/^Unrecoverable (?:.{1,40} )?[Ee]xception/, 'unrecoverable exception'),
      // mips, loongarch.
      holding('Unable to handle', at(/^CPU \d+ Unable to handle kernel paging request/, 'bad paging request')),
      at(
        /^(Break instruction|Reserved instruction|Unhandled kernel unaligned access|Data bus error|Instruction bus error|Cache error|Caught Machine Check exception|do_\w{1,12} invoked from kernel context!|Kernel unaligned \w{1,12}|FP exception|Trap instruction)(?: in kernel code)? ?!?\[#\d+\]/,
        '$1',
      ),
      at(/^Oops ?\[#\d+\]/, 'oops'),
      at(/^Oops ?:? ?\[#\d+\]:?/, 'oops'),
      at(/^Oops: [0-9a-f]{8}$/, 'oops'),
      // sparc, parisc, alpha, ia64.
      at(/^Kernel unaligned access at TPC/, 'unaligned access'),
      holding(']: Oops ', at(/^[\w/.-]{1,16}\[\d+\]: Oops \d+ \[\d+\]/, 'oops')),
      holding(']: bugcheck! ', at(/^[\w/.-]{1,16}\[\d+\]: bugcheck! \d+ \[\d+\]/, 'BUG')),
    ],
    follows: [...oopsFollows, 'panic'],
  },
];
