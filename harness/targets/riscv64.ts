import type { BootTarget } from '../model/index.ts';
import { genericCalls, genericStat } from './generic.ts';

/** 64-bit RISC-V: the kernel log on the 16550, of which the machine has one, and the agent on a virtio console. */
export const riscv64: BootTarget = {
  name: 'riscv64',
  aliases: ['riscv'],
  since: '4.15',
  bits: 64,
  endian: 'little',
  clang: { since: '5.7', tools: 'gnu' },
  crossCompile: 'riscv64-linux-gnu-',
  crossPrefix: 'riscv64-linux-gnu-',
  nativeOn: ['riscv64'],
  guestCompilerFlags: [],
  // The linker would find data by a register that nothing sets.
  agentFlags: ['-Wl,--no-relax', '-Wl,--no-warn-rwx-segments'],
  debianArch: 'riscv64',
  debianRelease: 'trixie',
  qemu: {
    binary: 'qemu-system-riscv64',
    package: 'qemu-system-misc',
    machine: ['-M', 'virt'],
    accelerator: 'tcg',
    programCounter: /^ pc\s+([0-9a-f]+)/m,
    virtio: { bus: 'device', options: ['CONFIG_VIRTIO_MMIO=y'] },
    numa: ['CONFIG_NUMA=y'],
    memoryId: 'riscv_virt_board.ram',
    channels: ['-serial', 'chardev:log', '-device', 'virtio-serial-device', '-device', 'virtconsole,chardev=agent'],
    smp: (cpus) => `${cpus}`,
    sysrq: (key) => ({ monitor: 'chardev-send-break log', channel: 'log', bytes: key }),
    nmiTells: false,
    physical: (address) => address - 0xffffffff80000000n + 0x80200000n,
    anchor: { at: () => undefined, bytes: 8, read: (bytes) => bytes.readBigUInt64LE(), functions: [] },
  },
  gdb: { command: 'gdb-multiarch', architecture: 'riscv:rv64' },
  stat: genericStat,
  systemCalls: genericCalls,
  commandLine: ['console=ttyS0'],
  agentDevice: { path: '/dev/hvc0', major: 229, minor: 0 },
  wrapsLog: false,
  sourceArch: () => 'riscv',
  kernelLayout: () => ({ arch: 'riscv', goal: 'Image', image: 'arch/riscv/boot/Image' }),
};
