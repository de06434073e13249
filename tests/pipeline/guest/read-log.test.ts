import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { readKernelLog } from '../../../harness/pipeline/guest/read-log.ts';

/** One report of 6.1, as each of those who hand on kernel logs puts it. */
const report = [
  '------------[ cut here ]------------',
  'WARNING: CPU: 0 PID: 63 at kernel/small.c:5 outer+0x5/0x20',
  'CPU: 0 PID: 63 Comm: spool Not tainted 6.1.0 #1',
  'RIP: 0010:outer+0x5/0x20',
  'Call Trace:',
  ' <TASK>',
  ' wind+0x1c/0x40',
  ' </TASK>',
  '---[ end trace 0000000000000000 ]---',
];
const forms: Readonly<Record<string, (line: string, index: number) => string>> = {
  'dmesg -T': (line) => `[Sun Nov 29 21:53:50 2026] ${line}`,
  'dmesg -e': (line, index) => (index === 0 ? `[Nov29 21:53] ${line}` : `[  +0.000012] ${line}`),
  'dmesg -x': (line) => `kern  :warn  : [   31.415926] ${line}`,
  'dmesg --time-format iso': (line) => `2026-11-29T21:53:50,123456+00:00 ${line}`,
  'dmesg --raw': (line) => `<4>[   31.415926] ${line}`,
  '/dev/kmsg': (line, index) => `4,${500 + index},31415926,-;${line}`,
  journalctl: (line) => `Nov 29 21:53:50 loom kernel: ${line}`,
  'journalctl -o short-iso': (line) => `2026-11-29T21:53:50+0000 loom kernel: ${line}`,
  'journalctl -o short-precise': (line) => `Nov 29 21:53:50.123456 loom kernel: ${line}`,
  'journalctl -o short-monotonic': (line) => `[   31.415926] loom kernel: ${line}`,
  'journalctl -o short-full': (line) => `Sun 2026-11-29 21:53:50 UTC loom kernel: ${line}`,
  'syslog with the kernel’s own stamps': (line) => `Nov 29 21:53:50 loom kernel: [   31.415926] ${line}`,
  'a serial line with its callers': (line) => `[   31.415926][   T63] ${line}\r`,
  'a CI system': (line) => `2026-11-29T21:53:50.1234567Z [   31.415926] ${line}`,
};

for (const [name, form] of Object.entries(forms))
  test(`${name}: the same is read in it, packed or not`, async (t) => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'read-log-'));
    t.teardown(() => rm(directory, { recursive: true, force: true }));
    const text = `${report.map(form).join('\n')}\n`;
    const file = path.join(directory, 'form.log');
    for (const bytes of [Buffer.from(text), gzipSync(text)]) {
      await writeFile(file, bytes);
      const { lines, reports } = await readKernelLog({ source: { file }, wraps: false, target: { crossCompile: '' } });
      t.is(lines, report.length);
      t.deepEqual(
        reports.map(({ line, splat }) => [line, splat.title, splat.trace?.map((frame) => frame.function)]),
        [[0, 'WARNING at kernel/small.c:5 in outer', ['outer', 'wind']]],
      );
    }
  });
