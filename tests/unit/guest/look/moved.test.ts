import test from 'ava';
import { movedBy, readDump } from '../../../../harness/guest/look/moved.ts';
import { describeSamples } from '../../../../harness/guest/look/registers.ts';
import { readSystemMap } from '../../../../harness/guest/look/symbols.ts';
import { i386, s390x, x86_64 } from '../../../../harness/targets/index.ts';

const map = readSystemMap(
  [
    'ffffffff81000000 T _text',
    'ffffffff81000100 t provoke_hang',
    'ffffffff81800b40 T asm_exc_divide_error',
    'ffffffff81900000 T _etext',
  ].join('\n'),
);

test('a kernel that moved at boot is found by the handler of a vector, and its functions have names', (t) => {
  const { anchor } = x86_64.qemu;
  t.is(anchor.at('GDT=     fffffe0000001000 0000007f\nIDT=     fffffe0000000000 00000fff\n'), 0xfffffe0000000000n);
  // The handler at ffffffff9a000b40: the offset in three pieces, the segment and the flags between them.
  const dump =
    'fffffe0000000000: 0x40 0x0b 0x10 0x00 0x00 0x8e 0x00 0x9a\r\nfffffe0000000008: 0xff 0xff 0xff 0xff 0x00 0x00 0x00 0x00\r\n';
  const gate = readDump(dump);
  t.is(gate.length, anchor.bytes);
  t.is(anchor.read(gate), 0xffffffff9a000b40n);
  const moved = movedBy(anchor.read(gate), anchor.functions, map);
  t.is(moved, 0x18800000n);
  t.is(describeSamples([new Map([[0, 0xffffffff99800105n]])], map, moved), 'CPU 0 in provoke_hang+0x5');
});

test('32-bit gates and the lowcore of s390x are read the way their processors lay them out', (t) => {
  t.is(i386.qemu.anchor.read(Buffer.from('40bb6000008e8ec0', 'hex')), 0xc08ebb40n);
  t.is(i386.qemu.anchor.at('IDT=     ff800000 000007ff'), 0xff800000n);
  t.is(s390x.qemu.anchor.at('PSW=mask 0'), 0x1b8n);
  t.is(s390x.qemu.anchor.read(Buffer.from('000003ffe0a1b2c0', 'hex')), 0x3ffe0a1b2c0n);
});

test('an address that no function explains by whole pages says nothing', (t) => {
  t.is(movedBy(0xffffffff9a000b44n, x86_64.qemu.anchor.functions, map), undefined, 'not a distance of whole pages');
  t.is(movedBy(0xffffffff81800b40n, ['another'], map), undefined, 'no such function');
  t.is(movedBy(0xffffffff81800b40n, x86_64.qemu.anchor.functions, map), 0n, 'where it was linked');
  t.is(readDump('Cannot access memory').length, 0);
  t.is(x86_64.qemu.anchor.at('RIP=0'), undefined);
});
