import test from 'ava';
import { loadOrder, moduleInfo, moduleName } from '../../../../harness/guest/image/module-info.ts';

interface Shape {
  readonly wide: boolean;
  readonly little: boolean;
}

/** A module of two sections: its information and the names of both. */
function moduleFile(information: string, { wide, little }: Shape): Buffer {
  const names = Buffer.from('\0.modinfo\0.shstrtab\0');
  const own = Buffer.from(information);
  const [headerSize, rowSize, word] = wide ? [64, 64, 8] : [52, 40, 4];
  const data = Buffer.alloc(Math.max(64, headerSize) + own.length + names.length + 3 * rowSize);
  const put = (at: number, bytes: number, value: number): void => {
    if (bytes === 8) {
      if (little) data.writeBigUInt64LE(BigInt(value), at);
      else data.writeBigUInt64BE(BigInt(value), at);
    } else if (little) data.writeUIntLE(value, at, bytes);
    else data.writeUIntBE(value, at, bytes);
  };
  data.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2]);
  const ownAt = Math.max(64, headerSize);
  const table = ownAt + own.length + names.length;
  own.copy(data, ownAt);
  names.copy(data, ownAt + own.length);
  put(wide ? 40 : 32, word, table);
  put(wide ? 58 : 46, 2, rowSize);
  put(wide ? 60 : 48, 2, 3);
  put(wide ? 62 : 50, 2, 2);
  for (const [row, name, from, length] of [
    [1, 1, ownAt, own.length],
    [2, 10, ownAt + own.length, names.length],
  ] as const) {
    put(table + row * rowSize, 4, name);
    put(table + row * rowSize + (wide ? 24 : 16), word, from);
    put(table + row * rowSize + (wide ? 32 : 20), word, length);
  }
  return data;
}

const shapes: readonly Shape[] = [true, false].flatMap((wide) => [true, false].map((little) => ({ wide, little })));

test('a module says what it needs, in each word size and byte order', (t) => {
  for (const shape of shapes) {
    const data = moduleFile('license=GPL\0depends=reel,cloth-store\0name=quilt\0', shape);
    t.deepEqual(
      moduleInfo('kernel/quilt-top.ko', data),
      { name: 'quilt_top', depends: ['reel', 'cloth_store'] },
      JSON.stringify(shape),
    );
    t.deepEqual(moduleInfo('quilt.ko', moduleFile('depends=\0', shape))?.depends, []);
  }
});

test('what is no module has no information, however it was cut', (t) => {
  t.is(moduleInfo('quilt.ko', Buffer.from('#!/bin/sh\n')), undefined);
  const whole = moduleFile('depends=reel\0', { wide: true, little: true });
  for (let length = 0; length < whole.length; length += 1) {
    t.notThrows(() => moduleInfo('quilt.ko', whole.subarray(0, length)), String(length));
  }
  const lies = Buffer.from(whole);
  lies.fill(0xff, 40, 64);
  t.is(moduleInfo('quilt.ko', lies), undefined);
});

test('the name of a module is as the kernel writes it', (t) => {
  t.is(moduleName('drivers/reel/reel-core.ko'), 'reel_core');
  t.is(moduleName('reel'), 'reel');
});

test('modules are loaded after what they need, each once, and a circle ends', (t) => {
  const needs: Readonly<Record<string, readonly string[]>> = {
    quilt: ['reel', 'cloth'],
    cloth: ['reel'],
    hen: ['egg'],
    egg: ['hen'],
  };
  const order = (...wanted: string[]): string[] => loadOrder(wanted, (name) => needs[name] ?? []);
  t.deepEqual(order('quilt'), ['reel', 'cloth', 'quilt']);
  t.deepEqual(order('cloth', 'quilt', 'reel'), ['reel', 'cloth', 'quilt']);
  t.deepEqual(order('hen'), ['egg', 'hen']);
  t.deepEqual(order(), []);
});
