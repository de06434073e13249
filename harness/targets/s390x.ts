import { isBefore, type KernelLayout, type Target } from '../model/index.ts';

/** 64-bit z/Architecture: the kernel log on the line-mode console, which takes no input, and the agent on the VT220. */
export const s390x: Target = {
  name: 's390x',
  aliases: ['s390'],
  bits: 64,
  endian: 'big',
  crossCompile: 's390x-linux-gnu-',
  crossPrefix: 's390x-linux-gnu-',
  nativeOn: ['s390x'],
  guestCompilerFlags: [],
  agentFlags: [],
  debianArch: 's390x',
  qemu: {
    binary: 'qemu-system-s390x',
    package: 'qemu-system-misc',
    machine: ['-M', 's390-ccw-virtio'],
    accelerator: 'tcg',
    programCounter: /\baddr ([0-9a-f]+)/,
    memoryId: 's390.ram',
    channels: ['-device', 'sclplmconsole,chardev=log', '-device', 'sclpconsole,chardev=agent'],
    smp: (cpus) => `${cpus}`,
    // Ctrl-O and a key on the VT220; kernels before 3.x take it for ordinary input.
    sysrq: (key) => ({ channel: 'agent', bytes: `\u000f${key}` }),
    nmiTells: false,
    physical: (address) => address,
    // The new PSW of external interruptions in the lowcore, which the kernel's address space maps at 0.
    anchor: { at: () => 0x1b8n, bytes: 8, read: (bytes) => bytes.readBigUInt64BE(), functions: ['ext_int_handler'] },
  },
  gdb: { command: 'gdb-multiarch', architecture: 's390:64-bit' },
  // struct stat
  stat: { size: 144, mode: 24, uid: 28, gid: 32, fileSize: 48, inode: 8, links: { at: 16, bytes: 8 } },
  systemCalls: {
    read: 3,
    write: 4,
    open: 5,
    close: 6,
    stat: 106,
    lstat: 107,
    lseek: 19,
    getpid: 20,
    kill: 37,
    chdir: 12,
    rename: 38,
    mkdir: 39,
    rmdir: 40,
    unlink: 10,
    symlink: 83,
    readlink: 85,
    chmod: 15,
    chown: 212,
    setuid: 213,
    setgid: 214,
    setresuid: 208,
    mount: 21,
    umount: 52,
    sched_setaffinity: 239,
    sched_getaffinity: 240,
    getdents64: 220,
    ioctl: 54,
    settimeofday: 79,
    unshare: 303,
  },
  commandLine: ['console=ttyS0'],
  agentDevice: { path: '/dev/ttyS1', major: 4, minor: 65 },
  wrapsLog: true,
  sourceArch: () => 's390',
  kernelLayout(kernelVersion): KernelLayout {
    // QEMU drops the command line of the flat image that these kernels make; the ELF file keeps it.
    if (isBefore(kernelVersion, '3.2')) return { arch: 's390', goal: 'vmlinux', image: 'vmlinux' };
    return { arch: 's390', goal: 'bzImage', image: 'arch/s390/boot/bzImage' };
  },
};
