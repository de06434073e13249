import { frameOf } from './frames.ts';

/** A line that shows registers, code, a stack or other facts after the head of a report. */
const bodyPatterns: readonly RegExp[] = [
  /^\s*$/,
  /^\s+\S/,
  /^\(?\[<[0-9a-f]+>\]/,
  /^#[0-9]+:? /,
  /^(?:Call Trace|Call Backtrace|Stack|Backtrace|Code|Krnl (?:PSW|GPRS|Code)|Last Breaking-Event-Address)\b/,
  /^(?:[RE]?(?:IP|SP|AX|BX|CX|DX|SI|DI|BP)|E?FLAGS|RFLAGS|R\d\d|[CDEFGS]S|DR[0-7]|CR[0-9]|ORIG_RAX|PKRU|FS|CS)\s*:/,
  /^(?:Oops: [0-9a-f]{4} |EIP is at|RIP |printing eip|\*p[dtu][de]|\*pde|PGD|P4D|PUD|PMD|PTE|BAD|Thread overran stack)/,
  /^(?:Modules linked in|CPU:|CPU \d+|Pid:|PID:|Process |Comm:|Hardware name|Workqueue:|Tainted|Not tainted|Kernel |UID:)/,
  /^#(?:PF|GP|DF|UD|DE):/,
  /^(?:Failing address|Fault in |AS:|User process fault|note: |ds: |task[.:]|task_)/,
  /^(?:irq event stamp|hardirqs last|softirqs last|Preemption disabled at|in_atomic\(\)|preempt_count|RCU nest depth)/,
  /^(?:INFO: lockdep is turned off|no locks held by|\d+ locks? held by|Showing |"echo 0 >|rcu:|stack backtrace)/,
  /^(?:<(?:TASK|IRQ|NMI|EOI|SOFTIRQ|\/\w+|#\w+|ENTRY_TRAMPOLINE|DOUBLEFAULT|<EOE>|<\w+>)>|====*$|----*$)/,
  /^(?:SMP|PREEMPT|DEBUG_PAGEALLOC|page:|raw: |flags: |Trying to fix it up|page dumped because|Last potentially)/,
  /^(?:Mem-Info|Node \d|lowmem_reserve|\d+ (?:total |reserved |pages |slab )|Swap|Free swap|Total swap|DMA|Normal|HighMem)/,
  /^(?:Tasks state|\[ *(?:pid|\d+) *\]|oom-kill:|Out of memory|Killed process|Active:|active_anon)/,
  /^(?:---\[ end |-+\[ cut here|Kernel Offset|Rebooting in|Dumping ftrace|Redzone|Object |Padding|Bytes b4|FIX |INFO: (?:Slab|Object|Allocated|Freed|0x))/,
  /^[0-9a-f]{8,16}$/,
  /^[0-9a-f]{8,16}(?:: | [0-9a-f]{8,16}\b)/,
  /^ffff[0-9a-f]+: /,
];

export function isBody(text: string): boolean {
  return bodyPatterns.some((pattern) => pattern.test(text));
}

/** A line of registers, code, page tables, a stack's bytes: what a reader needs only rarely. */
export function isRegister(text: string): boolean {
  return (
    /^(?:Code: |Krnl (?:PSW|GPRS|Code)|\s+R:\d|PGD |P4D |PTE|\*p|Stack: |Process |Modules linked in|AS:|CS: |-+\[ cut here)/.test(
      text,
    ) ||
    /^(?:[RE]?(?:SP|AX|BX|CX|DX|SI|DI|BP)|E?FLAGS|R\d\d|[DEFGS]S|DR\d|CR\d|ORIG_RAX)\s*:/.test(text) ||
    /^(?:ds|FS): |^[\s#>]*[0-9a-f]{8,16}(?::| [0-9a-f]{8,16}\b)/.test(text)
  );
}

/** A line of a call trace, or the line above the first one. */
export function isTrace(text: string): boolean {
  return /^(?:Call Trace|Backtrace|Call Backtrace)\b/.test(text) || frameOf(text) !== undefined;
}

/** The mark that modern kernels put after a report. */
export const endMark = /^---\[ end (?:trace [0-9a-f]+|Kernel panic.*) \]---/;

/** Functions that only stand on a stack because a report is being made. */
const reporters =
  /^(?:_*(?:dump_stack|show_(?:stack|trace|regs|registers)|dump_trace|print_|warn|report_bug|handle_bug|exc_|asm_exc_|die|oops|no_context|page_fault|do_page_fault|bad_area|might_|schedule_bug|schedule|cond_resched|debug_|lockdep_|lock_acquire|register_lock_class|illegal_op|sysc_return|check_|mark_|validate_|panic|nmi_|watchdog|kasan|list_(?:add|del)|refcount_|spin_(?:bug|dump|lock|unlock|trylock)|raw_spin|do_raw_|sched_text|lock_text_start|softlockup|hrtimer|pgm_check|do_report_trap|error_code|error_exit|do_trap|do_invalid_op|arch_|unwind|save_stack|stack_trace)\w*(?:\.\w+)*)$/;

export function isReporter(name: string): boolean {
  return reporters.test(name);
}

/** Functions that wait on somebody's behalf: whoever called them is the place that a reader wants. */
export function isWaiting(name: string): boolean {
  return /^(?:_*(?:mutex_lock|down_(?:read|write)|msleep|ssleep|schedule_timeout|wait_for_completion)\w*(?:\.\w+)*)$/.test(
    name,
  );
}
