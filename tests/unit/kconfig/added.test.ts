import test from 'ava';
import { addedOptions } from '../../../harness/kconfig/index.ts';

const diff = (file: string, ...lines: readonly string[]): string =>
  [`diff --git a/${file} b/${file}`, `--- a/${file}`, `+++ b/${file}`, '@@ -1,2 +1,9 @@', ...lines, ''].join('\n');

test('a diff brings the options that its Kconfig files define', (t) => {
  t.deepEqual(
    addedOptions(
      `${diff('drivers/reel/Kconfig.debug', '+config REEL', '+\ttristate "Reels"', '+menuconfig SPOOLS', ' config OLD')}${diff('lib/Kconfig', '+config REEL_TEST')}`,
    ),
    ['REEL', 'SPOOLS', 'REEL_TEST'],
  );
});

test('an option that moves is no new one, and other files define none', (t) => {
  t.deepEqual(addedOptions(diff('lib/Kconfig', '-config REEL', ' config OLD', '+config REEL')), []);
  t.deepEqual(addedOptions(diff('Documentation/kconfig.rst', '+config REEL')), []);
  t.deepEqual(addedOptions(diff('lib/Kconfig', '+\t  config of REEL is for people')), []);
});
