import { type Anchor, type BootTarget, isBefore, type KernelLayout } from '../model/index.ts';

/** What x86_64 and i386 have in common: a PC with two 16550 serial ports. */
export function x86(
  own: Pick<
    BootTarget,
    | 'name'
    | 'aliases'
    | 'bits'
    | 'guestCompilerFlags'
    | 'ownLibc'
    | 'crossPrefix'
    | 'debianArch'
    | 'debianKernel'
    | 'systemCalls'
    | 'stat'
  > & {
    readonly binary: string;
  },
): BootTarget {
  const { binary, ...rest } = own;
  const sourceArch = (kernelVersion: string): string => (isBefore(kernelVersion, '2.6.24') ? own.name : 'x86');
  return {
    ...rest,
    endian: 'little',
    crossCompile: '',
    nativeOn: ['x64'],
    agentFlags: ['-fcf-protection=none'],
    qemu: {
      binary,
      package: 'qemu-system-x86',
      // No HPET: 2.6.22 waits for its next tick, which on a busy machine may be past already.
      // One thread for all CPUs: with one for each, 2.6.22 loses transmit interrupts of the serial port under SMP.
      machine: ['-M', 'pc,hpet=off'],
      accelerator: 'tcg,thread=single',
      programCounter: /\b(?:RIP|EIP)=([0-9a-f]+)/,
      virtio: { bus: 'pci', options: ['CONFIG_PCI=y', 'CONFIG_VIRTIO_PCI=y'] },
      // The table that tells of the nodes is ACPI's.
      ...(own.bits === 64 && { numa: ['CONFIG_ACPI=y', 'CONFIG_ACPI_NUMA=y', 'CONFIG_NUMA=y'] }),
      memoryId: 'pc.ram',
      channels: ['-serial', 'chardev:log', '-serial', 'chardev:agent'],
      // Old kernels bring up the second CPU only when it is a socket of its own.
      smp: (cpus) => `${cpus},sockets=${cpus},cores=1,threads=1`,
      sysrq: (key) => ({ monitor: 'chardev-send-break log', channel: 'log', bytes: key }),
      nmiTells: true,
      // The kernel's own mapping begins at the top 2 GiB (64 bits) or the last of four GiB (32 bits).
      physical: (address) => address - (own.bits === 64 ? 0xffffffff80000000n : 0xc0000000n),
      anchor: divideGate(own.bits),
    },
    // No measurement agreed with another one.
    lostClock: /\btsc: Marking TSC unstable due to could not calculate TSC khz\b/,
    gdb: { command: 'gdb', architecture: own.bits === 64 ? 'i386:x86-64' : 'i386' },
    // A 2.6.22 with ACPI lets the firmware's table number the ports, and QEMU's lists the second one first.
    // An NMI comes from us alone, when a guest hangs: its panic shows where. QEMU's processors share one TSC, which is the
    // only clock where ACPI is left out.
    commandLine: ['console=ttyS0', 'legacy_serial.force=1', 'unknown_nmi_panic', 'tsc=reliable'],
    agentDevice: { path: '/dev/ttyS1', major: 4, minor: 65 },
    wrapsLog: false,
    sourceArch,
    kernelLayout(kernelVersion): KernelLayout {
      const layout = { arch: own.name, goal: 'bzImage', image: `arch/${sourceArch(kernelVersion)}/boot/bzImage` };
      // Old kernels write the device of the builder's own root into the image; with this value they write none.
      return isBefore(kernelVersion, '4.0') ? { ...layout, variables: { ROOT_DEV: 'FLOPPY' } } : layout;
    },
  };
}

/** The gate of vector 0: the offset of its handler lies in pieces around the segment and the flags. */
function divideGate(bits: BootTarget['bits']): Anchor {
  return {
    at(registers) {
      const base = /\bIDT=\s*([0-9a-f]+)/.exec(registers)?.[1];
      return base === undefined ? undefined : BigInt(`0x${base}`);
    },
    bytes: bits === 64 ? 16 : 8,
    read(gate) {
      const low = BigInt(gate.readUInt16LE(0) | (gate.readUInt16LE(6) << 16)) & 0xffffffffn;
      return bits === 64 ? low | (BigInt(gate.readUInt32LE(8)) << 32n) : low;
    },
    functions: ['asm_exc_divide_error', 'divide_error', 'early_idt_handler_array', 'early_idt_handlers'],
  };
}
