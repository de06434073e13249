import test from 'ava';
import { judgeFault, newRefusals, whyNoFaults, withFault, withoutForced } from '../../../harness/guest/faults.ts';
import { askedBy, createLogReader, saysForced } from '../../../harness/guest/log/index.ts';
import type { CaseVerdict } from '../../../harness/guest/verdict.ts';
import { noSweep, type Splat } from '../../../harness/model/index.ts';

const log = `FAULT_INJECTION: forcing a failure.
name failslab, interval 1, probability 0, space 0, times 1
CPU: 0 PID: 33 Comm: init Not tainted 6.1.176 #1
Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2-debian-1.16.2-1 04/01/2014
Call Trace:
 <TASK>
 dump_stack_lvl+0x34/0x44
 should_fail_ex.cold+0x32/0x37
 __should_failslab+0x3f/0x50
 ? spool_open+0x2a/0x130
 should_failslab+0x9/0x20
 __kmem_cache_alloc_node+0x3e/0x200
 kmalloc_trace+0x22/0x90
 spool_wind+0x2a/0x130
 vfs_mkdir+0x5c/0x90
 entry_SYSCALL_64_after_hwframe+0x64/0xce
RIP: 0033:0x401234
Code: 00 00 b8 01 00 00 00
RSP: 002b:00007ffd00000000 EFLAGS: 00000246 ORIG_RAX: 0000000000000053
 </TASK>
init: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=(null)
CPU: 0 PID: 33 Comm: init Not tainted 6.1.176 #1
Call Trace:
 <TASK>
 dump_stack_lvl+0x34/0x44
 warn_alloc+0xe3/0x160
 </TASK>
`;

const reportsOf = (text: string): readonly Splat[] => {
  const reader = createLogReader({ wrapsLog: false });
  reader.push(Buffer.from(text));
  reader.end();
  return reader.splats();
};

test('the function that asked for the memory is the one that a trace blames', (t) => {
  t.is(askedBy(log.split('\n')), 'spool_wind');
  t.is(askedBy(['Call Trace:', ' spool_wind+0x2a/0x130']), undefined);
  t.true(saysForced(log.split('\n')));
  t.false(saysForced(['all is well']));
});

test('what a kernel prints of an allocation that was made to fail is no report', (t) => {
  t.deepEqual(withoutForced(reportsOf(log)), []);
  const both = reportsOf(`${log}WARNING: CPU: 0 PID: 33 at kernel/spool.c:55 spool_count+0x1/0x10\n`);
  t.deepEqual(
    withoutForced(both).map(({ family }) => family),
    ['warn'],
  );
});

test('calls that were refused for want of memory count, unless they are refused anyway', (t) => {
  const call = (text: string, errno: string): { readonly call: string; readonly errno: string } => ({
    call: text,
    errno,
  });
  t.deepEqual(newRefusals([call('mkdir("/a")', 'ENOMEM'), call('rmdir("/b")', 'EBUSY')], []), ['mkdir("/a"): ENOMEM']);
  const before = [call('write("/tasks", "31")', 'ENOSPC')];
  t.deepEqual(newRefusals([call('write("/tasks", "34")', 'ENOSPC')], before), []);
  t.is(
    newRefusals([call('write("/tasks", "34")', 'ENOSPC'), call('write("/tasks", "35")', 'ENOSPC')], before).length,
    1,
  );
});

const verdict = (outcome: CaseVerdict['outcome'], blame: 'kernel' | 'suite' = 'kernel'): CaseVerdict =>
  outcome === 'pass' ? { outcome } : { outcome, cause: { blame, summary: `it is ${outcome}`, excerpt: [] } };

const report = (family: string): Splat => ({
  family,
  title: 'a report',
  excerpt: [],
  severity: 'error',
  trace: [
    { function: 'dump_stack', offset: 1, size: 2 },
    { function: 'spool_wind', offset: 1, size: 2 },
  ],
});

const ended = (one: CaseVerdict, refused: readonly string[] = [], splats: readonly Splat[] = []): string | undefined =>
  judgeFault({ nth: 1, verdict: one, refused, splats })?.end;

test('a failed allocation is refused cleanly where a call says so, or nobody notices', (t) => {
  t.is(ended(verdict('pass')), undefined);
  t.is(ended(verdict('fail'), ['mkdir("/a"): ENOMEM']), undefined);
  t.is(ended(verdict('fail')), 'wrong');
  t.is(ended({ outcome: 'skip', reason: 'the kernel has no spool' }), 'wrong');
});

test('a report is a crash or a leak whatever was refused, and a call that does not end is a hang', (t) => {
  t.is(ended(verdict('crash'), ['mkdir("/a"): ENOMEM'], [report('warn')]), 'crash');
  t.is(ended(verdict('crash'), [], [report('leak')]), 'leak');
  t.is(ended(verdict('timeout'), ['mkdir("/a"): ENOMEM']), 'hang');
  t.is(ended(verdict('timeout', 'suite')), 'wrong');
  t.is(ended(verdict('timeout', 'suite'), ['mkdir("/a"): ENOMEM']), undefined);
});

test('a finding has its place, and a sweep counts all and keeps some', (t) => {
  const found = judgeFault({
    nth: 7,
    verdict: verdict('crash'),
    refused: [],
    splats: [report('warn')],
    asked: 'spool_open',
  });
  t.deepEqual(found, { nth: 7, end: 'crash', what: 'it is crash', place: 'spool_wind', asked: 'spool_open' });
  let sweep = noSweep();
  for (let count = 0; count < 30; count += 1) sweep = withFault(sweep, found);
  sweep = withFault(sweep, undefined);
  t.is(sweep.counts.crash, 30);
  t.is(sweep.counts.refused, 1);
  t.is(sweep.findings.length, 10);
});

test('why a kernel cannot do it names the version or the option', (t) => {
  t.is(whyNoFaults({ error: 0, subject: 0 }, '6.1'), undefined);
  t.is(whyNoFaults({ error: 2, subject: 1 }, '2.6.22'), 'Linux 2.6.22 has no fail-nth, which came with 4.14');
  t.regex(whyNoFaults({ error: 2, subject: 1 }, 'unknown') ?? '', /CONFIG_FAULT_INJECTION$/);
  t.regex(whyNoFaults({ error: 19, subject: 2 }, '6.1') ?? '', /no debugfs.*CONFIG_DEBUG_FS$/);
  t.regex(whyNoFaults({ error: 2, subject: 4 }, '6.1') ?? '', /CONFIG_FAIL_PAGE_ALLOC$/);
});
