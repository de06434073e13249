import test from 'ava';
import { encodeCalls } from '../../../harness/guest/calls/calls.ts';
import { programCounters } from '../../../harness/guest/look/registers.ts';
import type { SystemCall } from '../../../harness/model/index.ts';
import { arm64, armhf, findTarget, ppc64le, riscv64, x86_64 } from '../../../harness/targets/index.ts';

test('newer architectures make each call that suites know', (t) => {
  for (const target of [arm64, armhf, riscv64, ppc64le])
    for (const name of Object.keys(x86_64.systemCalls) as SystemCall[]) {
      const shape = target.systemCalls[name];
      t.true((typeof shape === 'number' ? shape : shape.number) >= 0, `${target.name}: ${name}`);
      const args = name === 'rename' ? ['/a', '/b'] : ['/a'];
      t.notThrows(() => encodeCalls([{ name, args }], () => shape), `${target.name}: ${name}`);
    }
});

test('program counters as QEMU prints the registers of newer architectures', (t) => {
  const arm = 'CPU#0\n PC=ffff800008010a3c X00=0000000000000000\nCPU#1\n PC=ffff800008010a40 X00=0';
  t.deepEqual(
    [...programCounters(arm, arm64.qemu.programCounter)],
    [
      [0, 0xffff800008010a3cn],
      [1, 0xffff800008010a40n],
    ],
  );
  const riscv = 'CPU#0\n V      =   0\n pc       ffffffff80002a3c\n mhartid  0000000000000000\n';
  t.deepEqual([...programCounters(riscv, riscv64.qemu.programCounter)], [[0, 0xffffffff80002a3cn]]);
  const arm32 =
    'CPU#0\nR00=00000001 R01=00000000 R02=00000000 R03=c0108b1c\nR12=00 R13=c0901f58 R14=c010 R15=c0108b24\n';
  t.deepEqual([...programCounters(arm32, armhf.qemu.programCounter)], [[0, 0xc0108b24n]]);
  const power = 'CPU#0\nNIP c0000000000a1b2c   LR c000000000011220 CTR 0000000000000000 XER 0 CPU#0\n';
  t.deepEqual([...programCounters(power, ppc64le.qemu.programCounter)], [[0, 0xc0000000000a1b2cn]]);
});

test('they are found by the names that other tools have for them', (t) => {
  t.is(findTarget('aarch64').name, 'arm64');
  t.is(findTarget('riscv').name, 'riscv64');
  t.is(findTarget('arm').name, 'armhf');
  t.is(findTarget('ppc64el').name, 'ppc64le');
});
