import type { BootTarget, MachineParts } from '../model/index.ts';

export interface QemuRequest {
  readonly target: BootTarget;
  readonly kernel: string;
  readonly initramfs: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  /** Added to the kernel's command line. */
  readonly commandLine: readonly string[];
  /** Paths of Unix sockets that somebody listens on. */
  readonly sockets: { readonly log: string; readonly agent: string; readonly monitor: string };
  /**
   * Instead of booting, QEMU waits until its monitor says where the state of a guest comes from. The guest's memory is a
   * file: shared, the guest changes the file; otherwise what it changes is its own.
   */
  readonly incoming?: { readonly memory: string; readonly shared: boolean };
  /** Socket on which QEMU waits for gdb. */
  readonly gdb?: string;
  readonly parts?: Omit<MachineParts, 'disks'>;
  /** Files of the disks. */
  readonly disks?: readonly string[];
}

/** Words that show at least as much of the log as the kernel does by itself. */
const loud = /^(?:debug|ignore_loglevel|loglevel=(?:[7-9]|\d{2,}))$/;

/**
 * The kernel's command line. Words are read in order: `loglevel=7`, what kernels show by themselves, comes after `quiet`
 * and the like, which would hide warnings. `panic=1` and not -1: kernels of 2.6 test for a positive number and hang otherwise; QEMU
 * ends at the reboot because of `-no-reboot`.
 */
export function kernelCommandLine(target: BootTarget, more: readonly string[]): string {
  const level = more.some((word) => loud.test(word)) ? [] : ['loglevel=7'];
  return [...target.commandLine, 'panic=1', ...more, ...level].join(' ');
}

/**
 * QEMU and its arguments: no network, no display, no default devices, seccomp on; the kernel log, the agent's line and
 * the monitor are sockets that QEMU connects to.
 */
export function qemuArguments(request: QemuRequest): [string, ...string[]] {
  const { target, sockets } = request;
  const chardev = (id: string, path: string): string[] => [
    '-chardev',
    `socket,id=${id},path=${path.replaceAll(',', ',,')}`,
  ];
  return [
    target.qemu.binary,
    ...target.qemu.machine,
    '-accel',
    target.qemu.accelerator,
    '-m',
    `${request.memoryMiB}M`,
    '-smp',
    target.qemu.smp(request.cpus),
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-no-reboot',
    // It stands still until the monitor says so: a kernel that ends at once then ends in front of our eyes.
    '-S',
    ...(request.parts?.network === undefined ? ['-nic', 'none'] : networkArguments(target)),
    ...nodeArguments(request.parts?.numa),
    ...diskArguments(target, request.disks),
    '-sandbox',
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    ...chardev('log', sockets.log),
    ...chardev('agent', sockets.agent),
    ...target.qemu.channels,
    ...chardev('monitor', sockets.monitor),
    '-mon',
    'chardev=monitor,mode=control',
    '-kernel',
    request.kernel,
    '-initrd',
    request.initramfs,
    '-append',
    kernelCommandLine(target, request.commandLine),
    ...(request.parts?.devices ?? []),
    ...(request.gdb === undefined ? [] : ['-gdb', `unix:${request.gdb.replaceAll(',', ',,')},server=on,wait=off`]),
    ...(request.incoming === undefined ? [] : incomingArguments(request, request.incoming)),
  ];
}

function networkArguments({ qemu }: BootTarget): string[] {
  return ['-netdev', 'user,id=net0,restrict=on', '-device', `virtio-net-${qemu.virtio.bus},netdev=net0`];
}

function nodeArguments(nodes: MachineParts['numa'] = []): string[] {
  return nodes.flatMap(({ cpus, memoryMiB }, node) => [
    '-object',
    `memory-backend-ram,id=node${node},size=${memoryMiB}M`,
    '-numa',
    ['node', `nodeid=${node}`, `memdev=node${node}`, ...cpus.map((cpu) => `cpus=${cpu}`)].join(','),
  ]);
}

function diskArguments({ qemu }: BootTarget, files: readonly string[] = []): string[] {
  return files.flatMap((file, index) => [
    '-drive',
    `if=none,id=disk${index},format=raw,file=${file.replaceAll(',', ',,')}`,
    '-device',
    // On s390x the kernel finds them in any order: the serial number tells which is which.
    `virtio-blk-${qemu.virtio.bus},drive=disk${index},serial=disk${index}`,
  ]);
}

function incomingArguments(
  { target, memoryMiB }: QemuRequest,
  { memory, shared }: NonNullable<QemuRequest['incoming']>,
): string[] {
  const { memoryId } = target.qemu;
  const place = `mem-path=${memory.replaceAll(',', ',,')},share=${shared ? 'on' : 'off'}`;
  return [
    '-object',
    `memory-backend-file,id=${memoryId},size=${memoryMiB}M,${place}`,
    '-machine',
    `memory-backend=${memoryId}`,
    '-incoming',
    'defer',
  ];
}
