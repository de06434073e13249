import test from 'ava';
import { addr2lineArguments, placeFrame, readAddr2line } from '../../../../harness/guest/look/addr2line.ts';
import { describeSamples, programCounters } from '../../../../harness/guest/look/registers.ts';
import { addressOfFrame, readSystemMap } from '../../../../harness/guest/look/symbols.ts';
import { i386, s390x, x86_64 } from '../../../../harness/targets/index.ts';

const map = readSystemMap(
  [
    'ffffffff81000000 T _text',
    'ffffffff81000100 t default_idle',
    'ffffffff81000200 t twice',
    'ffffffff81000240 t twice',
    'ffffffff81000250 T last',
    'ffffffff82000000 D data',
    'ffffffff82000010 b __log_buf',
    'ffffffff82020010 B behind',
  ].join('\n'),
);

test('program counters of every target, with the functions that they lie in', (t) => {
  const both = 'CPU#0\nRAX=0\nRIP=ffffffff81000105 RFL=1\nCPU#1\nRIP=ffffffff81000000 RFL=1\n';
  const other = 'CPU#0\nRIP=ffffffff81000105 RFL=1\nCPU#1\nRIP=ffffffff81000104 RFL=1\n';
  t.is(
    describeSamples(
      [both, both, other].map((text) => programCounters(text, x86_64.qemu.programCounter)),
      map,
    ),
    'CPU 0 in default_idle+0x5; CPU 1 in _text+0x0 (2 of 3), default_idle+0x4 (1 of 3)',
  );
  t.deepEqual([...programCounters('EIP=c0100010 EFL=1', i386.qemu.programCounter).values()], [0xc0100010n]);
  const s390 = 'CPU#1\nPSW=mask 0706c00180000000 addr 0000000000100abc cc 00';
  t.deepEqual([...programCounters(s390, s390x.qemu.programCounter)], [[1, 0x100abcn]]);
  t.is(map.find(0x400000n), undefined);
  t.is(map.find(0xffffffffff000000n), undefined);
  t.is(describeSamples([new Map([[0, 0x10n]])], undefined), 'CPU 0 in 0x10');
});

test('a frame has an address when its name is one function, or its size tells which', (t) => {
  const frame = { function: 'default_idle', offset: 5, size: 0x100 };
  t.is(addressOfFrame(frame, map), 0xffffffff81000104n, 'the call, not the instruction after it');
  t.is(addressOfFrame({ ...frame, instruction: true }, map), 0xffffffff81000105n);
  t.is(addressOfFrame({ function: 'twice', offset: 4, size: 0x10 }, map), 0xffffffff81000243n);
  t.is(addressOfFrame({ function: 'twice', offset: 4, size: 0x99 }, map), undefined);
  t.is(addressOfFrame({ function: 'nowhere', offset: 4, size: 9 }, map), undefined);
});

test('a variable has an address and the room up to the next one', (t) => {
  t.deepEqual(map.variable('__log_buf'), { address: 0xffffffff82000010n, size: 0x20000 });
  t.is(map.variable('nothing'), undefined);
});

test('addr2line is asked for inline frames, and its answer is read whatever it does not know', (t) => {
  t.deepEqual(addr2lineArguments('vmlinux', [0x10n, 0xffffffff81000104n]), [
    ...['-e', 'vmlinux', '-a', '-f', '-i', '0x10', '0xffffffff81000104'],
  ]);
  const answer = [
    '0x0000000000000010',
    'outer',
    '??:0',
    '0xffffffff81000104',
    'arch_safe_halt',
    '/build/./arch/x86/include/asm/irqflags.h:51',
    'default_idle',
    '/linux/arch/x86/kernel/process.c:727 (discriminator 3)',
    '0x0000000000000020',
    '??',
    '??:?',
    '',
  ].join('\n');
  const places = readAddr2line(answer);
  t.deepEqual([...places.keys()], [0xffffffff81000104n]);
  const [inner, outer] = places.get(0xffffffff81000104n) ?? [];
  t.deepEqual(inner, { function: 'arch_safe_halt', place: 'arch/x86/include/asm/irqflags.h:51' });
  t.deepEqual(outer, { function: 'default_idle', place: 'arch/x86/kernel/process.c:727' });
  const frame = { function: 'default_idle', offset: 5, size: 16 };
  t.deepEqual(
    placeFrame(
      frame,
      [inner, outer].filter((one) => one !== undefined),
    ),
    {
      ...frame,
      place: 'arch/x86/kernel/process.c:727',
      inlined: [inner],
    },
  );
  t.is(placeFrame(frame, []), frame);
});
