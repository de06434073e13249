import test from 'ava';
import type { CommandOutcome, Guest, Splat } from '../../../harness/model/index.ts';
import { leakDetector } from '../../../harness/pipeline/guest/leaks.ts';

/** A guest that answers commands one after the other, with status and output. */
function guestThat(answers: readonly (readonly [number, string])[], splats: readonly Splat[] = []) {
  const asked: string[] = [];
  const run = ({ argv }: { readonly argv: readonly string[] }): Promise<CommandOutcome> => {
    asked.push(argv.at(-1) ?? '');
    const [status, stdout] = answers[Math.min(asked.length, answers.length) - 1] ?? [0, ''];
    return Promise.resolve({ status, stdout, stderr: '' } as CommandOutcome);
  };
  return { asked, guest: { run, ended: () => undefined, splats: () => splats } as unknown as Guest };
}

const found = `unreferenced object 0xffff888003a1c0e0 (size 64):
  comm "mkdir", pid 71, jiffies 4294937296 (age 6.123s)
  hex dump (first 32 bytes):
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................
  backtrace:
    [<000000001b2c3d4d>] slab_post_alloc_hook.constprop.0+0x92/0xa0
    [<000000001b2c3d4f>] kmalloc_trace+0x28/0x40
    [<000000001b2c3d4e>] quilt_attach+0x10/0x20
    [<000000005f6a7b8c>] vfs_mkdir+0x90/0x140
`;

test('memory that a case leaked is a report with the place that allocated it', async (t) => {
  const { guest, asked } = guestThat([
    [0, ''],
    [0, found],
    [0, ''],
  ]);
  const detector = leakDetector(0);
  const [report, ...more] = (await detector.find(guest)) ?? [];
  t.is(more.length, 0);
  t.is(report?.title, 'kmemleak: unreferenced object in quilt_attach (kmalloc_trace)');
  t.is(report?.family, 'leak');
  t.is(asked.length, 2, 'whether there is a detector, then a search');
  t.is((asked[1]?.match(/echo scan/g) ?? []).length, 2);
  t.deepEqual(await detector.find(guest), [], 'it counts once');
});

test('a kernel without the detector is asked once, and costs no wait', async (t) => {
  const { guest, asked } = guestThat([[3, '']]);
  const detector = leakDetector(0);
  t.deepEqual([await detector.find(guest), await detector.find(guest)], [[], []]);
  t.is(asked.length, 1);
});

test('a guest that has died is not asked', async (t) => {
  const fatal = { severity: 'fatal' } as Splat;
  const { guest, asked } = guestThat([[0, found]], [fatal]);
  t.deepEqual(await leakDetector(0).find(guest), []);
  t.is(asked.length, 0);
});

test('a detector that does not answer is not a guest without leaks', async (t) => {
  const { guest } = guestThat([
    [0, ''],
    [1, ''],
  ]);
  t.is(await leakDetector(0).find(guest), undefined);
});

test('what the kernel suspects while it is searched is no report beside the answer, and one where there is no answer', async (t) => {
  const suspected = { title: 'kmemleak: suspected memory leaks', severity: 'error' } as Splat;
  const other = { title: 'WARNING in quilt_attach', severity: 'error' } as Splat;
  const severities = (splats: readonly Splat[]): string[] => splats.map(({ severity }) => severity);
  const detector = leakDetector(0);
  t.deepEqual(severities(detector.judged([suspected])), ['error'], 'the kernel searched by itself, and nobody asked');
  const { guest } = guestThat([
    [0, ''],
    [0, ''],
    [1, ''],
  ]);
  t.deepEqual(await detector.find(guest), []);
  t.deepEqual(severities(detector.judged([other, suspected])), ['error', 'coverage']);
  t.is(await detector.find(guest), undefined);
  t.deepEqual(severities(detector.judged([other, suspected])), ['error', 'error']);
});
