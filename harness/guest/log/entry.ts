import type { StackFrame } from '../../model/index.ts';
import { isBystander, isHelper, isInterruptEntry, isWaiting, runsSoftirqs } from './functions.ts';

/**
 * What every call, interrupt, timer and work item goes through from outside: whoever reads of a stall knows no more by it.
 * What stands above the innermost of them in a row is the way into a subsystem.
 */
const passages = [
  // From user space, and back to it.
  'entry_\\w+|do_syscall_\\w+|x64_sys_call|do_fast_syscall_32|do_int80\\w*|system_call\\w*|sysenter_\\w+|do_syscall|sysc_\\w+',
  'el0\\w*|do_el0_svc|invoke_syscall|ret_fast_syscall|handle_exception|do_trap_ecall_u|ret_from_syscall',
  'syscall_(?:exit|return|enter)\\w*|exit_to_user\\w*|prepare_exit_to_usermode|do_notify_resume|resume_user_mode_work|int_signal|ret_from_except\\w*',
  '(?:arch_)?do_signal\\w*|get_signal\\w*|do_group_exit|do_exit|task_work_run|ret_from_fork\\w*|kernel_thread_helper|child_rip|ret_to_user|work_pending',
  // Threads of the kernel.
  'kthread|worker_thread|process_one_work|process_scheduled_works|smpboot_thread_fn|run_ksoftirqd|start_secondary|secondary_startup\\w*',
  // Interrupts and what runs after them.
  'irq_exit\\w*|invoke_softirq|do_softirq\\w*|handle_softirqs|irqentry_\\w+|retint_\\w+|ret_from_exception|el1\\w*|restore_all\\w*',
  'net_rx_action|process_backlog|napi_(?:poll|complete\\w*|gro_\\w+)|netif_receive_skb\\w*|deliver_skb|deliver_ptype_list_skb',
  'run_timer_\\w+|run_timers|call_timer_fn|expire_timers|hrtimer_\\w+|run_hrtimer|tasklet_\\w+|rcu_(?:core\\w*|do_batch|process_callbacks)',
  // Page faults.
  '(?:asm_)?exc_page_fault|(?:do_|handle_)?page_fault|do_user_addr_fault|do_(?:mem_abort|translation_fault)|handle_mm_fault|handle_pte_fault|do_(?:read_|cow_|shared_|pte_missing|wp_page_)?fault\\w*|do_dat_exception|do_exception|pgm_check\\w*',
  // Files.
  'sys_(?:ioctl|read|write|readv|writev|pread64|pwrite64|preadv2?|pwritev2?|close|close_range)|vfs_ioctl|do_vfs_ioctl|ksys_(?:ioctl|read|write|pread64|pwrite64)',
  '(?:do|vfs)_(?:read|write|readv|writev|iter_read|iter_write|iter_readv_writev|loop_readv_writev)|new_sync_(?:read|write)|call_(?:read|write)_iter|do_iter_\\w+|do_p(?:read|write)v\\w*|(?:do_)?compat_(?:readv|writev)\\w*',
  'proc_reg_\\w+|kernfs_fop_\\w+|seq_(?:read|write|lseek)\\w*|filp_close|fput|fput_sync|delayed_fput|blkdev_ioctl|compat_blkdev_ioctl',
  // Sockets.
  'sys_(?:sendto|sendmsg|sendmmsg|recvfrom|recvmsg|setsockopt|getsockopt|connect|bind|accept4?|listen|socketcall)|sock_(?:sendmsg|recvmsg|write_iter|read_iter|common_setsockopt|do_ioctl|ioctl|close|release)\\w*',
  'do_sock_setsockopt|inet6?_(?:sendmsg|recvmsg|ioctl|release)',
  'netlink_(?:sendmsg|unicast\\w*|rcv_skb)|rtnetlink_rcv\\w*|nfnetlink_rcv\\w*|genl_(?:rcv\\w*|family_rcv_msg\\w*)',
];
const isPassageName = new RegExp(`^_*(?:${passages.join('|')})(?:\\.\\w+)*$`);

/** `__x64_sys_rmdir`, `SyS_rmdir`, `__se_compat_sys_rmdir`: one call of the system by one name. */
function plainName(name: string): string {
  const call = /^_*(?:(?:x64|ia32|x32|arm64|riscv|s390x?|powerpc|se|do|compat)_)*(?:sys|SyS|SYSC|ksys)_(\w+)/.exec(
    name,
  );
  return call?.[1] === undefined ? name.replace(/\.\w+$/, '') : `sys_${call[1]}`;
}

const isPassage = (name: string): boolean => isPassageName.test(name) || isPassageName.test(plainName(name));

const isOwn = (name: string): boolean =>
  !isPassage(name) && !isBystander(name) && !isWaiting(name) && !isHelper(name) && !isInterruptEntry(name);

/**
 * By which function a trace went into the code that it is about: the call of the system, or the outermost one of a subsystem
 * that a call for everything leads to (`kvm_vcpu_ioctl`). Undefined where that is the culprit itself, or cannot be told.
 *
 * @param frames innermost first, all of them
 * @param culprit the function that is named already
 */
export function enteredBy(frames: readonly StackFrame[], culprit: string): string | undefined {
  const names = frames.map((frame) => frame.function);
  const inner = names.indexOf(culprit);
  const softirq = names.findIndex((name, index) => index > inner && runsSoftirqs(name));
  const outer = softirq < 0 ? names : names.slice(0, softirq);
  const found = outer.findLastIndex((name, index) => index > inner && isOwn(name));
  const name = outer[found];
  // What nothing leads to is only where the trace was cut.
  return name === undefined || found === outer.length - 1 ? undefined : plainName(name);
}
