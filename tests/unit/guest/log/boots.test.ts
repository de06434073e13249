import test from 'ava';
import { createLogReader, type LogReaderOptions } from '../../../../harness/guest/log/index.ts';

const boot = [
  '[    0.000000] Linux version 6.1.0 (spool@reel) (gcc) #1 SMP',
  '[    1.000000] Run /init as init process',
];

function reboots(lines: readonly string[], options: Partial<LogReaderOptions> = {}): number {
  const reader = createLogReader({ wrapsLog: false, ...options });
  reader.push(Buffer.from(`${lines.join('\n')}\n`));
  reader.end();
  return reader.splats().filter(({ family }) => family === 'reboot').length;
}

test('a log of one boot has no reboot', (t) => {
  t.is(reboots(boot), 0);
  t.is(reboots(['U-Boot 2024.01', '[    0.000000] Booting Linux on physical CPU 0x0', ...boot]), 0);
});

test('a second boot is a reboot', (t) => {
  t.is(reboots([...boot, ...boot]), 1);
  t.is(reboots([...boot, ...boot], { several: true }), 1);
});

test('in a file, a boot that the kernel announced is none; in a guest it is', (t) => {
  for (const farewell of [
    '[   20.000000] reboot: Restarting system',
    'Restarting system.',
    '[    9.000000] reboot: Power down',
  ]) {
    t.is(reboots([...boot, farewell, ...boot], { several: true }), 0, farewell);
    t.is(reboots([...boot, farewell, ...boot]), 1, farewell);
  }
});

test('time that runs back is a reboot, though the first boot has no banner', (t) => {
  t.is(reboots(['[   31.415926] spool: winding', 'SeaBIOS (version 1.16.2-1)', ...boot]), 1);
  t.is(reboots(['[   31.415926] reboot: Restarting system', ...boot], { several: true }), 0);
});
