import test from 'ava';
import { encodeCalls } from '../../../harness/guest/calls/calls.ts';
import { decodeStat } from '../../../harness/guest/calls/structs.ts';
import { agentCompiler } from '../../../harness/guest/image/nolibc-compiler.ts';
import { programCounters } from '../../../harness/guest/look/registers.ts';
import { qemuArguments } from '../../../harness/guest/qemu-args.ts';
import type { BootTarget, SystemCallShape } from '../../../harness/model/index.ts';
import { onHost, requirementsFor, s390x, targets, x86_64 } from '../../../harness/targets/index.ts';

const atFdcwd = -100;
const at = (number: number, more: Readonly<Record<number, number>> = {}): SystemCallShape => ({
  number,
  constants: { 0: atFdcwd, ...more },
});

/** An architecture that has only the newer calls, as arm64 and riscv64 do; its one file is all that knows of it. */
const other: BootTarget = {
  ...s390x,
  name: 'other64',
  aliases: [],
  endian: 'little',
  crossCompile: 'other64-linux-gnu-',
  crossPrefix: 'other64-linux-gnu-',
  nativeOn: ['other64'],
  agentFlags: ['-mno-odd'],
  qemu: {
    ...s390x.qemu,
    binary: 'qemu-system-other64',
    machine: ['-M', 'virt'],
    programCounter: /^ PC=([0-9a-f]+)/,
  },
  systemCalls: {
    ...s390x.systemCalls,
    mkdir: at(34),
    rmdir: at(35, { 2: 0x200 }),
    rename: { number: 38, constants: { 0: atFdcwd, 2: atFdcwd } },
    symlink: { number: 36, constants: { 1: atFdcwd } },
    lstat: at(79, { 3: 0x100 }),
  },
  stat: { size: 128, mode: 16, uid: 24, gid: 28, fileSize: 48, inode: 8, links: { at: 20, bytes: 4 } },
};

test('a call that an architecture lacks is made by the more general one, with its constants in place', (t) => {
  const shape = (name: keyof BootTarget['systemCalls']): SystemCallShape => other.systemCalls[name];
  const same = (
    name: keyof BootTarget['systemCalls'],
    args: readonly (string | number)[],
    whole: readonly (string | number)[],
  ) =>
    t.deepEqual(
      encodeCalls([{ name, args }], shape),
      encodeCalls([{ name, args: whole }], () => {
        const one = shape(name);
        return typeof one === 'number' ? one : one.number;
      }),
    );
  same('mkdir', ['/a', 0o755], [atFdcwd, '/a', 0o755]);
  same('rmdir', ['/a'], [atFdcwd, '/a', 0x200]);
  same('rename', ['/a', '/b'], [atFdcwd, '/a', atFdcwd, '/b']);
  same('symlink', ['to', '/a'], ['to', atFdcwd, '/a']);
  same('read', [3, 4], [3, 4]);
  const stat = encodeCalls([{ name: 'lstat', args: ['/a', { output: 128 }] }], shape);
  t.is(stat[4], 4, 'path and buffer, between the directory and the flags');
});

test('stat, registers, agent and machine are read from the target alone', (t) => {
  const bytes = Buffer.alloc(128);
  bytes.writeUInt32LE(0o40755, 16);
  bytes.writeUInt32LE(3, 20);
  bytes.writeUInt32LE(1000, 24);
  bytes.writeBigUInt64LE(4096n, 48);
  t.like(decodeStat(bytes, other), { type: 'directory', mode: 0o755, links: 3, uid: 1000, size: 4096 });
  t.deepEqual([...programCounters('CPU#1\n PC=ffff800010 X00=0', other.qemu.programCounter)], [[1, 0xffff800010n]]);
  t.true(agentCompiler(other, ['a.c'], 'agent').includes('-mno-odd'));
  const argv = qemuArguments({
    target: other,
    kernel: 'Image',
    initramfs: 'initramfs',
    cpus: 1,
    memoryMiB: 64,
    commandLine: [],
    sockets: { log: 'log', agent: 'agent', monitor: 'monitor' },
  });
  t.deepEqual(argv.slice(0, 5), ['qemu-system-other64', '-M', 'virt', '-accel', 'tcg']);
});

test('the prefix of the tools comes from the host: its own compiler builds for its own processor only', (t) => {
  const prefixes = (arch: string): string[] => targets.map((target) => onHost(target, arch).crossCompile);
  t.deepEqual(
    prefixes('x64'),
    targets.map(({ crossCompile }) => crossCompile),
  );
  const crossed = targets.map(({ crossPrefix }) => crossPrefix);
  for (const arch of ['arm64', 's390x', 'riscv64'])
    t.deepEqual(
      prefixes(arch),
      targets.map(({ name }, at) => (name === arch ? '' : (crossed[at] ?? ''))),
      arch,
    );
  const names = requirementsFor([onHost(x86_64, 'arm64')]).map(({ package: name }) => name);
  t.true(names.includes('gcc-x86-64-linux-gnu'), 'Debian writes the package with a dash');
  t.true(names.includes('binutils-x86-64-linux-gnu'));
});
