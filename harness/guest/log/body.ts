import { createMatcher } from './first-characters.ts';
import { frameOf, isTraceHead } from './frames.ts';

/** A line that shows registers, code, a stack or other facts after the head of a report. */
const bodyPatterns: readonly RegExp[] = [
  /^\s*$/,
  /^\s+\S/,
  /^\(?\[<[0-9a-f]+>\]/,
  /^\[[0-9a-f]{8,16}\] (?:\[[0-9a-f]{8,16}\] )?\S/,
  /^#[0-9]+:? /,
  /^(?:Call [Tt]race|Call Backtrace|Stack|Backtrace|backtrace|Code|Krnl (?:PSW|GPRS|Code)|User (?:PSW|GPRS|Code)|Last Breaking-Event-Address)\b/,
  /^(?:[RE]?(?:IP|SP|AX|BX|CX|DX|SI|DI|BP)|E?FLAGS|RFLAGS|R\d\d|[CDEFGS]S|DR[0-7]|CR[0-9]|ORIG_RAX|PKRU|FS|CS)\s*:/,
  /^(?:Oops: [0-9a-f]{4} |EIP is at|RIP |printing eip|\*p[dtu][de]|\*pde|PGD|P4D|PUD|PMD|PTE|BAD|Thread overran stack)/,
  /^(?:Modules linked in|CPU:|CPU \d+|Pid:|PID:|Process |Comm:|Hardware name|Workqueue:|Tainted|Not tainted|Kernel |UID:)/,
  /^#(?:PF|GP|DF|UD|DE):/,
  /^(?:Failing address|Fault in |AS:|User process fault|note: |ds: |task[.:]|task_)/,
  /^(?:irq event stamp|hardirqs last|softirqs last|[Pp]reempt(?:ion)? disabled at|in_atomic\(\)|preempt_count|RCU nest depth|caller is )/,
  /^(?:INFO: lockdep is turned off|no locks held by|\d+ locks? held by|Showing |"echo 0 >|rcu:|rcu_\w+ |stack backtrace)/,
  /^(?:<(?:TASK|IRQ|NMI|EOI|SOFTIRQ|\/\w+|#\w+|ENTRY_TRAMPOLINE|DOUBLEFAULT|<EOE>|<\w+>)>|====*$|----*$)/,
  /^(?:SMP|PREEMPT|DEBUG_PAGEALLOC|page:|head:|raw: |flags: |Trying to fix it up|page dumped because|page_type|page last |Last potentially)/,
  /^(?:Mem-Info|Node \d|lowmem_reserve|\d+ (?:total |reserved |pages |slab )|Swap|Free swap|Total swap|DMA|Normal|HighMem)/,
  /^(?:Tasks state|\[ *(?:pid|\d+) *\]|oom-kill:|Out of memory|Killed process|Active:|active_anon)/,
  /^(?:---\[ end |-+\[ cut here|Kernel Offset|Rebooting in|Dumping ftrace|Redzone|Object |Padding|Bytes b4|FIX |Slab 0x|INFO: (?:Slab|Object|Allocated|Freed|0x))/,
  /^[0-9a-f]{8,16}$/,
  /^[0-9a-f]{8,16}(?:: | [0-9a-f]{8,16}\b)/,
  // The stack of arm: the end of its address, then words.
  /^[0-9a-f]{4}: {1,40}[0-9a-f]{4}/,
  /^ffff[0-9a-f]+: /,
  // Other processors' backtraces, workers and what a stall shows besides.
  /^(?:NMI backtrace for cpu|Sending NMI|workqueue |kmemleak: {2}|pwq |pool \d|Mutexes|Future hung task)/,
  // Other architectures.
  /^(?:Internal error: |Mem abort info|Data abort info|swapper pgtable|user pgtable|pstate|pc |lr |sp |x\d\d?\s*:|pmr_save|PC is at|LR is at|Flags: |Control: |r\d\d?\s*:|Exception stack|Register r\d)/,
  /^(?:NIP|LR|MSR|GPR\d\d|CFAR|Instruction dump|--- interrupt|BE |LE |DAR|Faulting instruction|REGS|XER|PACATMSCRATCH)\b/,
  /^(?:epc|ra|era|badaddr|status|BadVA|Status|Cause|PrId|Hi|Lo|\$ *\d+|TSTATE|TPC|RPC|g0|o0|l0|i0|I7|PRMD|EUEN|ECFG|ESTAT|BADV)\b/,
  /^(?:handlers:|Allocated |Freed |Last call_rcu|The buggy address|Memory state|Read of size|Write of size|Free of addr)/,
];

const body = createMatcher(bodyPatterns.map((pattern) => [pattern, true] as const));

export function isBody(text: string): boolean {
  return body.test(text);
}

const register =
  /^(?:Code: |Krnl (?:PSW|GPRS|Code)|\s+R:\d|PGD |P4D |PTE|\*p|Stack: |Process |Modules linked in|AS:|CS: |-+\[ cut here|(?:[RE]?(?:SP|AX|BX|CX|DX|SI|DI|BP)|E?FLAGS|R\d\d|[DEFGS]S|DR\d|CR\d|ORIG_RAX)\s*:|ds: |FS: |x\d\d?\s*:|pstate|GPR\d\d|[\s#>]*[0-9a-f]{8,16}(?::| [0-9a-f]{8,16}\b))/;

/** A line of registers, code, page tables, a stack's bytes: what a reader needs only rarely. */
export function isRegister(text: string): boolean {
  return register.test(text);
}

/** A line of a call trace, or the line above the first one. */
export function isTrace(text: string): boolean {
  return isTraceHead(text) || frameOf(text) !== undefined;
}

/** A line that says about the machine and the task what a dump of a stack begins with. */
const dumpHead = /^(?:CPU: \d+ (?:UID: \d+ )?PID: \d+ Comm: |Pid: \d+, comm: |CPU:? +\d+ {2,}(?:Not t|T)ainted)/;

/** The first line of a stack dump. */
export function isDumpHead(text: string): boolean {
  return dumpHead.test(text) || isTraceHead(text);
}

/** The mark that modern kernels put after a report. */
export const endMark = /^---\[ end (?:trace [0-9a-f]+|Kernel panic.*) \]---/;
