import test from 'ava';
import { readDefinitions, withDependencies } from '../../../harness/kconfig/index.ts';

async function needed(text: string, ...symbols: string[]): Promise<string[]> {
  const definitions = await readDefinitions(
    (file) => Promise.resolve(file === 'Kconfig' ? text : undefined),
    ['Kconfig'],
    {},
  );
  return withDependencies(symbols, definitions);
}

test('what an option depends on is asked for with it', async (t) => {
  const text = `
config BLOCK
	bool "block"
menu "fs"
	depends on BLOCK
config EXT4
	tristate "ext4"
	depends on (CRC || OTHER) && !TINY && JBD
endmenu
config CRC
	bool "crc"
config JBD
	bool
if KUNIT
config EXT4_TEST
	tristate "test" if !ALL
	depends on EXT4 && KUNIT = y
endif
config KUNIT
	bool "kunit"
`;
  t.deepEqual(await needed(text, 'EXT4_TEST'), ['EXT4_TEST', 'KUNIT', 'EXT4', 'BLOCK', 'CRC']);
  t.deepEqual(await needed(text, 'NOWHERE'), ['NOWHERE']);
});
