/** Functions that only stand on a stack because a report is being made: never the place, never the top of a trace. */
const reporters = [
  'dump_stack',
  'show_(?:stack|trace|regs|registers)',
  'show_trace_log_lvl',
  'dump_(?:trace|backtrace)',
  'print_',
  'object_err',
  'slab_(?:err|bug|fix)',
  'warn',
  'report_bug',
  'handle_bug',
  'exc_',
  'asm_exc_',
  'die',
  'oops',
  'no_context',
  'page_fault',
  'do_page_fault',
  'bad_area',
  'might_',
  'schedule_bug',
  'schedule',
  'cond_resched',
  'debug_',
  'lockdep_',
  'lock_acquire',
  'register_lock_class',
  'illegal_op',
  'sysc_return',
  'check_',
  'mark_',
  'validate_',
  'panic',
  'vpanic',
  'nmi_',
  'watchdog',
  'kasan',
  'list_(?:add|del)',
  'refcount_',
  'spin_(?:bug|dump|lock|unlock|trylock)',
  'raw_spin',
  'do_raw_',
  'sched_text',
  'lock_text_start',
  'softlockup',
  'hrtimer',
  'pgm_check',
  'do_report_trap',
  'do_program_check',
  'error_code',
  'error_exit',
  'do_trap',
  'do_(?:invalid_op|error_trap|general_protection|divide_error|int3|undefinstr|translation_fault|mem_abort|debug_exception)',
  'do_(?:kernel_fault|user_addr_fault|kern_addr_fault|DataAbort|PrefetchAbort)',
  'bug_handler',
  'brk_handler',
  'call_break_hook',
  'el1_(?:dbg|abort|bug|undef)',
  'el1h_64_sync',
  'arch_',
  'unwind',
  'save_stack',
  'stack_trace',
  'invalid_op',
  'fixup_exception',
  'fixup_bug',
  'walk_stackframe',
  'walk_stack',
  'asan_report',
  'sanitizer_cov',
  '(?:handle_)?bad_stack',
  'get_taint',
  'usercopy_warn',
  'sched_show_task',
];
const isReporterName = new RegExp(`^_*(?:${reporters.join('|')})\\w*(?:\\.\\w+)*$`);

export function isReporter(name: string): boolean {
  return isReporterName.test(name);
}

/** Checkers and their like: they stand in a trace, but are never the place. */
const checkers = [
  'bad_page',
  'get_stack',
  'kcsan',
  'kfence',
  'kmemleak',
  'kmsan',
  'lock_release',
  'object_err',
  'ref_tracker',
  'report_(?:cfi|ubsan)',
  'rwlock_bug',
  'slab_(?:err|error|fix|bug|pad_check)',
  'cache_free_debugcheck',
  'free_debug_processing|free_to_partial_list|check_slab',
  'stack_depot',
  'tsan_',
  'ubsan',
  'cfi_(?:check|slowpath|handle)|handle_cfi',
  'this_cpu_preempt_check',
  // What a panic of Rust goes through.
  'rust_helper_BUG|RNv\\w+(?:rust_begin_unwind|_4core\\d{1,2}panicking\\d)',
  'update_process_times',
  'rcu_(?:check|sched_clock|dump|stall|print|note_context)',
  'tick_',
];
const isCheckerName = new RegExp(`^_*(?:${checkers.join('|')})\\w*(?:\\.\\w+)*$`);

/** Whether a function is there only because of the report or of a check. */
export function isBystander(name: string): boolean {
  return isReporterName.test(name) || isCheckerName.test(name);
}

/** Functions that everybody calls: named where it happened in them, but whoever called them is to blame. */
const helpers = [
  'mem(?:cpy|set|move|cmp|chr|scan|dup|mcpy)\\w*',
  'str(?:n?cpy|n?cmp|len|nlen|lcpy|scpy|lcat|n?cat|r?chr|n?str|case\\w*|sep|spn|cspn|dup|im)\\w*',
  'kmem(?:dup|dup_nul)\\w*',
  'kstr(?:dup|ndup|to\\w+)\\w*',
  '(?:copy|clear)_(?:page|user|from_user|to_user)\\w*',
  '(?:raw_|inatomic_)?copy_(?:from|to)_(?:user|kernel)\\w*',
  '(?:rep_movs|rep_stos|fsrm|memcpy_orig|memset_orig|memset_erms|memcpy_erms)\\w*',
  'fortify_\\w+',
  'refcount_\\w+',
  'atomic(?:64)?_\\w+',
  'kref_(?:get|put)\\w*',
  'k[vz]?free\\w*',
  'kzfree|kfree_sensitive|vfree|kvfree\\w*',
  'kmem_cache_(?:free|alloc)\\w*',
  '(?:slab|do_slab)_free\\w*',
  'devm_k(?:v?asprintf|[mcz]?alloc|memdup|strdup)\\w*|k[mcz]alloc\\w*|krealloc\\w*|kvm?alloc\\w*|kmalloc_\\w+',
  'cache_(?:alloc|free)\\w*',
  'slab_(?:post|pre)_alloc_hook\\w*',
  '(?:de|re)?activate_slab|slab_alloc\\w*|new_slab|allocate_slab',
  'might_(?:sleep|fault|resched|lock)\\w*',
  'put_(?:page|cred_rcu)|get_page',
  'list_(?:add|del|move|splice)\\w*|hlist_(?:add|del)\\w*',
  'rb_(?:insert_color|erase|next|prev|first|last)|rb_erase_cached',
  '(?:idr|ida|xa|xas|radix_tree)_\\w+',
  '(?:find|test|set|clear)_(?:next_|first_)?(?:zero_)?bit\\w*',
  'bitmap_\\w+',
  '(?:_raw_)?(?:spin|read|write)_(?:lock|unlock|trylock)\\w*',
  '(?:up|down)_(?:read|write)\\w*|down|up',
  'mutex_(?:lock|unlock|trylock)\\w*',
  'rt_mutex_\\w+',
  'queued_(?:spin|read|write)_lock\\w*|native_queued_spin_lock_slowpath|pv_queued_spin_lock_slowpath',
  'kobject_(?:get|put|add|del|init|set_name|create)\\w*|(?:get|put)_device|dev_set_name',
  'pcpu_\\w+|(?:alloc|free)_percpu\\w*|list_lru_init\\w*',
  'free_(?:hot_)?(?:cold_)?page\\w*|free_unref_\\w+|page_frag_free|folios_put\\w*|free_page_is_bad\\w*|free_the_page',
  'string|string_nocheck|hex_string|vsn?printf|v?sn?printf|vscnprintf|k?v?asprintf\\w*|number|format_decode|widen_string|pointer|va_format',
  'v?printk\\w*|vprintk_\\w+|console_(?:unlock|flush_all|emit_next_record|cont_flush)|dev_v?printk\\w*|dev_(?:err|warn|info)|(?:dynamic_)?(?:dev|pr|netdev)_(?:dbg|debug)',
  'alloc_(?:frozen_)?pages\\w*|alloc_page_\\w+|get_page_from_freelist|post_alloc_hook|get_free_pages?\\w*|get_zeroed_page',
  'kvmalloc_\\w+|vz?malloc\\w*|v[mz]alloc_\\w+|memdup_user\\w*|vmemdup_user\\w*|free_large_kmalloc\\w*|free_pages?\\w*|folio_put|put_devmap_\\w+',
  'queue_work\\w*|insert_work|work_is_static_object|debug_object_\\w+|debug_check_\\w+|trace_hardirqs_\\w+',
  'should_fail\\w*|should_failslab|unwind_\\w+|save_stack\\w*|stack_trace_\\w+|kernel_text_address|is_(?:bpf_text|module_text)_address|virt_addr_valid',
  'read_once_word_nocheck|rcu_is_watching|rcu_read_(?:un)?lock\\w*|rcu_dynticks\\w+|qlink_free|qlist_free_all|quarantine_\\w+',
  'local_bh_enable\\w*|kobject_add_internal|cancel_work_sync|flush_delayed_work|klist_(?:next|add|del|put)\\w*',
  'atomic_dec_and_lock\\w*|lock_sock_nested|release_sock|percpu_\\w+|virt_to_phys',
  'crc32\\w*|csum_partial\\w*',
  'asan_\\w+|tsan_\\w+|msan_\\w+|hwasan_\\w+|ubsan_\\w+',
  'kasan_check_\\w+|check_memory_region\\w*|kasan_\\w+|instrument_\\w+|instrument_atomic\\w*',
  'stack_chk_fail',
  'copy_overflow|usercopy_abort|check_object_size|check_heap_object',
  'wake_up\\w*|add_wait_queue\\w*|remove_wait_queue|finish_wait|prepare_to_wait\\w*',
  'queue_work_on|queue_delayed_work\\w*|flush_work|flush_workqueue|cancel_(?:delayed_)?work\\w*',
  'mod_timer\\w*|add_timer\\w*|del_timer\\w*|timer_delete\\w*',
  'get_user\\w*|put_user\\w*',
];
const isHelperName = new RegExp(`^_*(?:${helpers.join('|')})(?:\\.\\w+)*$`);

export function isHelper(name: string): boolean {
  return isHelperName.test(name);
}

/** Counters that check themselves: only their callers are of interest. */
export function isCounter(name: string): boolean {
  return /^(?:refcount|kref)_/.test(name);
}

/** Functions that wait on somebody's behalf: whoever called them is the place that a reader wants. */
const waiters = [
  'mutex_lock',
  'rt_mutex_(?:lock|slowlock)',
  'ww_mutex_lock',
  'down(?:_(?:read|write|interruptible|killable|timeout|common))?',
  'rwsem_(?:down|read|write)',
  'rwbase_\\w+lock',
  'percpu_down',
  'msleep',
  'ssleep',
  'usleep',
  'io_schedule',
  'schedule',
  'schedule_(?:timeout|preempt|hrtimeout)',
  'preempt_schedule',
  'wait_for_co',
  'do_wait_for_common',
  'wait_on_(?:bit|page|buffer|folio|sync)',
  'bit_wait',
  'folio_wait',
  'lock_(?:page|folio|buffer)',
  'folio_lock',
  'out_of_line_wait',
  'synchronize_(?:rcu|sched|srcu|net)',
  'wait_rcu_gp',
  'rcu_barrier',
  'flush_work',
  'switch_to',
  'context_switch',
  'rt_spin_lock',
  'rt(?:lock|_write_lock|_read_lock)',
];
const isWaitingName = new RegExp(`^_*(?:${waiters.join('|')})\\w*(?:\\.\\w+)*$`);

export function isWaiting(name: string): boolean {
  return isWaitingName.test(name);
}

/** Where an interrupt begins on a stack: what a stall is about is below. */
const entries = [
  '(?:asm_)?sysvec_\\w+',
  '(?:smp_)?(?:\\w+_)?apic_(?:\\w+_)?interrupt(?:_entry\\w*)?',
  'asm_common_interrupt|common_interrupt|ret_from_intr|do_IRQ|call_softirq',
  'asm_call_(?:irq_)?on_stack|call_on_irq_stack|asm_call_sysvec_on_stack',
  'el1h?_(?:64_)?irq\\w*|el1_interrupt|gic_handle_irq|handle_arch_irq',
  'irq_svc|irq_usr|handle_IRQ',
  'ext_int_handler|do_ext_interrupt|do_ext_irq|do_irq_async|ext_skip|io_int_handler|do_extint|ext_no_vtime',
  'decrementer_common\\w*|timer_interrupt|hardware_interrupt_common\\w*|exception_common',
  'handle_(?:riscv_)?irq|do_irq|riscv_intc_irq|plat_irq_dispatch|except_vec_vi_end|handle_int|rollback_handle_int',
];
const isEntryName = new RegExp(`^_*(?:${entries.join('|')})(?:\\.\\w+)*$`);

export function isInterruptEntry(name: string): boolean {
  return isEntryName.test(name);
}

/** An interrupt has made the scheduler run: what it came upon is below. */
export function isPreemption(name: string): boolean {
  return /^_*(?:preempt_schedule\w*|retint_kernel|irqentry_exit\w*|restore_all\w*|ret_from_exception)(?:\.\w+)*$/.test(
    name,
  );
}

/** What runs softirqs: an interrupt may have come upon one of them, above, and not upon the task below. */
export function runsSoftirqs(name: string): boolean {
  return /^(?:_*do_softirq\w*|handle_softirqs)(?:\.\w+)*$/.test(name);
}

/** A processor that has nothing to do, or the thread that waits for the others: no culprit of a stall. */
export function isIdle(name: string): boolean {
  return /^(?:do_idle|cpu_idle\w*|cpu_startup_entry|default_idle\w*|arch_cpu_idle|rcu_gp_kthread|rcu_gp_fqs_loop|intel_idle\w*|mwait_idle\w*|acpi_idle\w*|psw_idle|enabled_wait)$/.test(
    name,
  );
}
