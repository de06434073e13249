import test from 'ava';
import {
  parseSymbolSizes,
  readSymbolSizes,
  symbolChanges,
  symbolTotals,
  writeSymbolSizes,
} from '../../../harness/make/index.ts';

const before = readSymbolSizes(
  [
    'ffffffff81000000 T _text',
    'ffffffff81000010 0000000000000100 T quilt_do',
    'ffffffff81000110 0000000000000040 t quilt_put',
    'ffffffff81000150 0000000000000020 t quilt_old',
    'ffffffff82000000 0000000000000010 d count.3',
    'ffffffff82000010 0000000000000010 d count.17',
    'ffffffff82000020 0000000000000008 R quilt_names',
    'ffffffff83000000 0000000000001000 B quilt_table',
    'ffffffff83001000 0000000000000004 D __mod_quilt_device_table',
    '                                  U nobody',
  ].join('\n'),
);
const now = readSymbolSizes(
  [
    'ffffffff81000010 0000000000000180 T quilt_do',
    'ffffffff81000190 0000000000000030 t quilt_put',
    'ffffffff81000200 0000000000001000 t quilt_new.constprop.0',
    'ffffffff82000000 0000000000000020 d count.9',
    'ffffffff82000020 0000000000000008 R quilt_names',
    'ffffffff83000000 0000000000001000 B quilt_table',
  ].join('\n'),
);

test('names count together whatever the compiler numbers them, noise and what has no size do not', (t) => {
  t.deepEqual(before.get('count'), { part: 'data', bytes: 32 });
  t.false(before.has('_text'));
  t.false(before.has('__mod_quilt_device_table'));
  t.deepEqual(symbolTotals(before), { text: 0x160, data: 40, bss: 0x1000, by: 'symbols' });
});

test('what is added, removed, grown and shrunk, and the largest by name', (t) => {
  const changes = symbolChanges(before, now);
  t.deepEqual(changes.added, { symbols: 1, bytes: 0x1000 });
  t.deepEqual(changes.removed, { symbols: 1, bytes: -0x20 });
  t.deepEqual(changes.grown, { symbols: 1, bytes: 0x80 });
  t.deepEqual(changes.shrunk, { symbols: 1, bytes: -0x10 });
  t.deepEqual(changes.largest, [
    { name: 'quilt_new.constprop', before: null, now: 0x1000 },
    { name: 'quilt_do', before: 0x100, now: 0x180 },
    { name: 'quilt_old', before: 0x20, now: null },
    { name: 'quilt_put', before: 0x40, now: 0x30 },
  ]);
  t.deepEqual(symbolChanges(now, now).largest, []);
});

test('ten are named at most', (t) => {
  const many = readSymbolSizes(
    Array.from({ length: 30 }, (_, index) => `0 ${(index + 1).toString(16)} T quilt_${'x'.repeat(index)}`).join('\n'),
  );
  const { added, largest } = symbolChanges(new Map(), many);
  t.is(added.symbols, 30);
  t.deepEqual(
    largest.map((one) => one.now),
    [30, 29, 28, 27, 26, 25, 24, 23, 22, 21],
  );
});

test('what was written is read as it was', (t) => {
  t.deepEqual([...parseSymbolSizes(writeSymbolSizes(before))].sort(), [...before].sort());
  t.is(parseSymbolSizes('no such line\n../../etc passwd\n').size, 0);
});
