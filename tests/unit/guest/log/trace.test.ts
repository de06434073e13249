import test from 'ava';
import {
  blockedTasks,
  cpuBacktraces,
  createLogReader,
  excerptOf,
  heldLocks,
  printableLines,
  traceLines,
} from '../../../../harness/guest/log/index.ts';
import type { Splat, StackFrame } from '../../../../harness/model/index.ts';

function only(log: string): Splat {
  const reader = createLogReader({ wrapsLog: false });
  reader.push(Buffer.from(log));
  reader.end();
  const [splat] = reader.splats();
  if (!splat) throw new Error('no report');
  return splat;
}

const names = (trace: readonly StackFrame[] | undefined): string[] =>
  (trace ?? []).map((frame) => `${frame.function}+${frame.offset}`);

test('the instruction comes first, frames that the kernel doubts are left out', (t) => {
  const splat = only(`BUG: kernel NULL pointer dereference, address: 0000000000000000
Oops: 0000 [#1] SMP
RIP: 0010:quilt_read+0x10/0x20
RAX: 0000000000000000 RBX: 0000000000000010 RCX: 0000000000000000
Call Trace:
 <TASK>
 ? quilt_doubt+0x1/0x2
 quilt_write+0x20/0x40
 ksys_write+0x5f/0xd0
RIP: 0033:0x40258c
 </TASK>
---[ end trace 0000000000000000 ]---
`);
  t.deepEqual(names(splat.trace), ['quilt_read+16', 'quilt_write+32', 'ksys_write+95']);
  t.deepEqual(
    splat.trace?.map(({ instruction }) => instruction),
    [true, undefined, undefined],
  );
  t.deepEqual(excerptOf(splat), [
    'BUG: kernel NULL pointer dereference, address: 0000000000000000',
    'Oops: 0000 [#1] SMP',
    'RIP: 0010:quilt_read+0x10/0x20',
    'call trace:',
    '  quilt_read+0x10',
    '  quilt_write+0x20',
    '  ksys_write+0x5f',
  ]);
});

test('where memory was allocated is another trace than where it was misused', (t) => {
  const splat = only(`BUG: KASAN: slab-use-after-free in quilt_use+0x10/0x20
Call Trace:
 dump_stack_lvl+0x1/0x2
 quilt_use+0x10/0x20
 quilt_write+0x20/0x40

Allocated by task 1:
 quilt_make+0x1/0x2
`);
  t.deepEqual(names(splat.trace), ['quilt_use+16', 'quilt_write+32']);
});

test('a trace shows files, lines and inlined functions, and says how much it leaves out', (t) => {
  const frame = { function: 'outer', offset: 16, size: 32, place: 'kernel/a.c:5' };
  t.deepEqual(traceLines([{ ...frame, inlined: [{ function: 'inner', place: 'include/b.h:7' }] }, frame, frame], 2), [
    '  inner (inlined, include/b.h:7)',
    '  outer+0x10 (kernel/a.c:5)',
    '  outer+0x10 (kernel/a.c:5)',
    '  … 1 more',
  ]);
});

test('blocked tasks of both eras, with what they wait in', (t) => {
  const modern = [
    '[    9.100000] task:quilt           state:D stack:    0 pid:   29 ppid:     1 flags:0x00004000',
    '[    9.100000] Call Trace:',
    '[    9.100000]  <TASK>',
    '[    9.100000]  __schedule+0x1/0x2',
    '[    9.100000]  schedule+0x1/0x2',
    '[    9.100000]  quilt_wait+0x3/0x9',
    '[    9.100000]  quilt_write+0x3/0x9',
    '[    9.100000] task:other           state:S stack:    0 pid:   30 ppid:     1 flags:0x00004000',
    '[    9.100000]  quilt_other+0x3/0x9',
  ];
  t.deepEqual(blockedTasks(modern), ['quilt/29 waits in quilt_wait < quilt_write']);
  const old = [
    'quilt         D 0000000000000286     0    29      1 (NOTLB)',
    'Call Trace:',
    ' [<ffffffff8025b001>] quilt_wait+0x61/0x70',
  ];
  t.deepEqual(blockedTasks(old), ['quilt/29 waits in quilt_wait']);
  t.deepEqual(blockedTasks(['sysrq: Show Blocked State']), []);
});

test('locks and who holds them', (t) => {
  const lines = [
    'Showing all locks held in the system:',
    '2 locks held by quilt/29:',
    ' #0: ffff888002a1c0e0 (sb_writers){.+.+}-{0:0}, at: ksys_write+0x5f/0xd0',
    ' #1: ffffffff82a1c0e0 (mutex_a){+.+.}-{3:3}, at: quilt_wait+0x10/0x40',
    '1 lock held by kworker/1:1/25:',
    ' #0: 00000000005f2928 (rcu_read_lock){....}-{1:2}, at: __handle_sysrq+0x0/0x218',
    '',
    '=============================================',
  ];
  t.deepEqual(heldLocks(lines), lines.slice(1, 4));
});

test('processors that do something, and not the one that answers the key', (t) => {
  const lines = [
    'sysrq: Show backtrace of all active CPUs',
    'NMI backtrace for cpu 1',
    'Call Trace:',
    ' sysrq_handle_showallcpus+0x1/0x2',
    'NMI backtrace for cpu 0',
    'RIP: 0010:quilt_hang+0x3/0x9',
    'Call Trace:',
    ' quilt_write+0x3/0x9',
    'NMI backtrace for cpu 2 skipped: idling at default_idle+0x1/0x2',
    'CPU3:',
    'Call Trace:',
    ' [<00000000001b2bae>] quilt_spin+0x1e/0x20 ',
  ];
  t.deepEqual(cpuBacktraces(lines), ['CPU 0: quilt_hang < quilt_write', 'CPU 3: quilt_spin']);
});

test('an NMI is not the trace, what it came upon is', (t) => {
  const splat = only(`Kernel panic - not syncing: NMI: Not continuing
Call Trace:
 <NMI>
 dump_stack+0x10/0x12
 panic+0xf9/0x25d
 default_do_nmi+0x1e6/0x200
 end_repeat_nmi+0x16/0x67
RIP: 0010:quilt_hang+0x3/0x9
RAX: 0000000000000000 RBX: 0000000000000010 RCX: 0000000000000000
 </NMI>
 <TASK>
 quilt_write+0x3/0x9
 </TASK>
`);
  t.deepEqual(names(splat.trace), ['quilt_hang+3', 'quilt_write+3']);
});

test('texts in memory', (t) => {
  t.deepEqual(printableLines(Buffer.from('\0\0a kernel that speaks\u0001\0xy\0and says more\0')), [
    'a kernel that speaks',
    'and says more',
  ]);
});

test('what the log says while somebody examines the guest is no report', (t) => {
  const reader = createLogReader({ wrapsLog: false });
  reader.ignoreReports();
  reader.push(Buffer.from('Kernel panic - not syncing: NMI: Not continuing\n'));
  reader.end();
  t.deepEqual([...reader.splats()], []);
  t.is(reader.lines().length, 1);
});
