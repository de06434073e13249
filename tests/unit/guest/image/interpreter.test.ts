import { readFile } from 'node:fs/promises';
import test from 'ava';
import { interpreterOf } from '../../../../harness/guest/image/interpreter.ts';

test('a script asks for the program of its first line', (t) => {
  t.is(interpreterOf(Buffer.from('#!/bin/sh\necho')), '/bin/sh');
  t.is(interpreterOf(Buffer.from('#! /usr/bin/env python3\n')), '/usr/bin/env');
  t.is(interpreterOf(Buffer.from('echo #!/bin/sh\n')), undefined);
  t.is(interpreterOf(Buffer.from('#!')), undefined);
});

/** An ELF file with one program header of a type, whose content is the name of a linker. */
function elf(type: number, { wide = true, little = true } = {}): Buffer {
  const data = Buffer.alloc(256);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2]).copy(data);
  const put = (at: number, bytes: number, value: number): void => {
    if (little) data.writeUIntLE(value, at, bytes);
    else data.writeUIntBE(value, at + (bytes > 4 ? 2 : 0), bytes);
  };
  const four = (at: number, value: number): void => put(at, 4, value);
  const word = (at: number, value: number): void => four(wide && !little ? at + 4 : at, value);
  word(wide ? 32 : 28, 64);
  put(wide ? 54 : 42, 2, wide ? 56 : 32);
  put(wide ? 56 : 44, 2, 1);
  four(64, type);
  word(64 + (wide ? 8 : 4), 160);
  word(64 + (wide ? 32 : 16), 9);
  data.write('/lib/ld.1\0', 160);
  return data;
}

test('a program asks for its dynamic linker, a static one for nothing', (t) => {
  for (const form of [{}, { little: false }, { wide: false }, { wide: false, little: false }]) {
    t.is(interpreterOf(elf(3, form)), '/lib/ld.1', JSON.stringify(form));
    t.is(interpreterOf(elf(1, form)), undefined);
  }
});

test('the program that runs this test is linked dynamically', async (t) => {
  t.regex(interpreterOf(await readFile(process.execPath)) ?? '', /^\/lib.*ld/);
});
