import test from 'ava';
import type { Splat } from '../../../harness/model/index.ts';
import { hiddenIn } from '../../../harness/pipeline/guest/settle.ts';

const warning = [
  'WARNING: CPU: 0 PID: 63 at kernel/quilt.c:55 quilt_do+0x1c/0x40',
  'Call Trace:',
  ' quilt_do+0x1c/0x40',
  ' quilt_top+0x1c/0x40',
];
const titles = (splats: readonly Splat[]): string[] => splats.map(({ title }) => title);

test('what a silent console has not shown is found in the buffer of the kernel', (t) => {
  const buffer = ['Linux version 6.1.0', 'all is well', ...warning].join('\n');
  t.deepEqual(titles(hiddenIn(buffer, [])), ['WARNING at kernel/quilt.c:55 in quilt_do']);
  const [shown] = hiddenIn(buffer, []);
  t.deepEqual(hiddenIn(buffer, shown ? [shown] : []), [], 'it was shown');
});

test('a buffer that has lost its beginning may begin in the middle of a report', (t) => {
  const rest = [' quilt_top+0x1c/0x40', ' vfs_write+0x1c/0x40', ' ksys_write+0x1c/0x40'];
  t.deepEqual(hiddenIn([...rest, 'all is well'].join('\n'), []), []);
  const later = [...rest, ...Array.from({ length: 120 }, (_, at) => `line ${at}`), ...warning].join('\n');
  t.deepEqual(titles(hiddenIn(later, [])), ['WARNING at kernel/quilt.c:55 in quilt_do']);
});
