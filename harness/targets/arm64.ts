import type { BootTarget } from '../model/index.ts';
import { genericCalls, genericStat } from './generic.ts';

/** 64-bit ARM: the kernel log on the PL011, of which the machine has one, and the agent on a virtio console. */
export const arm64: BootTarget = {
  name: 'arm64',
  aliases: ['aarch64'],
  since: '3.7',
  bits: 64,
  endian: 'little',
  crossCompile: 'aarch64-linux-gnu-',
  crossPrefix: 'aarch64-linux-gnu-',
  nativeOn: ['arm64'],
  guestCompilerFlags: [],
  // Atomic operations would be calls of a library.
  agentFlags: ['-mno-outline-atomics'],
  debianArch: 'arm64',
  // Debian's kernel has the virtio console as a module, so the agent cannot speak before it is loaded.
  qemu: {
    binary: 'qemu-system-aarch64',
    package: 'qemu-system-arm',
    machine: ['-M', 'virt', '-cpu', 'cortex-a57'],
    accelerator: 'tcg',
    programCounter: /\bPC=([0-9a-f]+)/,
    virtio: { bus: 'device', options: ['CONFIG_VIRTIO_MMIO=y'] },
    numa: ['CONFIG_NUMA=y'],
    memoryId: 'mach-virt.ram',
    channels: ['-serial', 'chardev:log', '-device', 'virtio-serial-device', '-device', 'virtconsole,chardev=agent'],
    smp: (cpus) => `${cpus}`,
    sysrq: (key) => ({ monitor: 'chardev-send-break log', channel: 'log', bytes: key }),
    nmiTells: false,
    // The image lies at the beginning of memory, 2 MiB behind which QEMU puts it.
    physical: (address) => address - 0xffff800008000000n + 0x40200000n,
    // The base of its exception vectors is not among the registers that QEMU shows.
    anchor: { at: () => undefined, bytes: 8, read: (bytes) => bytes.readBigUInt64LE(), functions: [] },
  },
  gdb: { command: 'gdb-multiarch', architecture: 'aarch64' },
  stat: genericStat,
  systemCalls: genericCalls,
  openDirectory: 0o40000,
  commandLine: ['console=ttyAMA0'],
  agentDevice: { path: '/dev/hvc0', major: 229, minor: 0 },
  wrapsLog: false,
  sourceArch: () => 'arm64',
  kernelLayout: () => ({ arch: 'arm64', goal: 'Image', image: 'arch/arm64/boot/Image' }),
};
