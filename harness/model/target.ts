/** How a kernel of some version is built and loaded for a target. */
export interface KernelLayout {
  /** Value of `ARCH=`. */
  readonly arch: string;
  /** The make goal that makes the bootable image. One goal only: two at once race in old trees. */
  readonly goal: string;
  /** The file that QEMU loads, relative to the build directory. */
  readonly image: string;
  /** Further variables of make that such a kernel needs. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** System calls that the agent makes for suites. */
export type SystemCall =
  | 'read'
  | 'write'
  | 'open'
  | 'close'
  | 'stat'
  | 'lstat'
  | 'lseek'
  | 'getpid'
  | 'kill'
  | 'chdir'
  | 'rename'
  | 'mkdir'
  | 'rmdir'
  | 'unlink'
  | 'symlink'
  | 'readlink'
  | 'chmod'
  | 'chown'
  | 'setuid'
  | 'setgid'
  | 'setresuid'
  | 'mount'
  | 'umount'
  | 'sched_setaffinity'
  | 'sched_getaffinity'
  | 'getdents64'
  | 'ioctl'
  | 'settimeofday'
  | 'unshare';

/**
 * How a call is made: its number; or, where the architecture has only a more general call, the number of that one and the
 * arguments that are always the same, by their places. `rmdir` of arm64 is `unlinkat` with
 * `{ 0: AT_FDCWD, 2: AT_REMOVEDIR }`.
 */
export type SystemCallShape =
  | number
  | { readonly number: number; readonly constants: Readonly<Record<number, number>> };

/** Where stat(2) puts things, in bytes from the start. Mode, uid and gid have 32 bits, size and inode 64. */
export interface StatLayout {
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly fileSize: number;
  readonly inode: number;
  readonly links: { readonly at: number; readonly bytes: 4 | 8 };
}

/** A place in memory that holds the address of a function of the kernel, which tells how far the kernel has moved. */
export interface Anchor {
  /** Its virtual address, by what the monitor's `info registers` prints; undefined where that does not tell. */
  at(registers: string): bigint | undefined;
  /** Bytes to read there. */
  readonly bytes: number;
  /** The address that they hold. */
  read(bytes: Buffer): bigint;
  /** The function whose address it is, by era, the likelier ones first. */
  readonly functions: readonly string[];
}

/** An architecture to build for: facts about it, held in `harness/targets`. Those that boot here too are a {@link BootTarget}. */
export interface Target {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The version of Linux that brought the architecture, where 2.6.22 does not have it. */
  readonly since?: string;
  readonly bits: 32 | 64;
  readonly endian: 'little' | 'big';
  /** Prefix of the tools that build for it on this host, `s390x-linux-gnu-`; empty for the host's own. See `onHost`. */
  readonly crossCompile: string;
  /** Prefix of the tools on any other host. */
  readonly crossPrefix: string;
  /** Hosts, by Node's names (`x64`), whose own compiler builds for it and whose processor may run it under KVM. */
  readonly nativeOn: readonly string[];
  /** Debian's name of the architecture, for the guest's user space. */
  readonly debianArch: string;
  /** The first release of Debian that has the architecture, where the machine's own does not. */
  readonly debianRelease?: string;
  /**
   * Since which Linux clang builds it, and whether LLVM's own tools link it too (`LLVM=1`) or those of GNU do. Absent where
   * clang does not build it.
   */
  readonly clang?: { readonly since: string; readonly tools: 'llvm' | 'gnu' };
  /** Lines of a fragment with which a kernel of it builds; any other fragment may say otherwise. */
  readonly options?: readonly string[];
  /** `kernelVersion` as `make kernelversion` prints it, for instance `6.1.192` or `2.6.22-rc6`. */
  kernelLayout(kernelVersion: string): KernelLayout;
  /** The directory below `arch/` that holds the architecture (kbuild's `SRCARCH`). */
  sourceArch(kernelVersion: string): string;
}

/** A machine to build for and boot: one file of `harness/targets`. */
export interface BootTarget extends Target {
  /** Flags that make the compiler produce user-space code for the guest (`-m32`). */
  readonly guestCompilerFlags: readonly string[];
  /** The C library for those flags, where that of the host's own compiler is another: Debian's package, and the static library. */
  readonly ownLibc?: { readonly package: string; readonly file: string };
  /** Further flags for the agent, which has no C library. */
  readonly agentFlags: readonly string[];
  /** Debian's package that asks for its newest kernel; absent where there is none that boots as it is. */
  readonly debianKernel?: string;
  readonly qemu: {
    readonly binary: string;
    /** Debian's package that brings it. */
    readonly package: string;
    /** Machine arguments: everything but the accelerator, memory, CPUs, kernel, initramfs and character devices. */
    readonly machine: readonly string[];
    /** `-accel` that always works. */
    readonly accelerator: string;
    /** Finds the program counter in what the monitor's `info registers -a` prints for a CPU, in hex. */
    readonly programCounter: RegExp;
    /** Arguments that bind the kernel log to the chardev `log` and the agent channel to the chardev `agent`. */
    readonly channels: readonly string[];
    /** QEMU's name for the machine's memory, by which a saved state knows it. */
    readonly memoryId: string;
    /** How the machine has its virtio devices: the end of their names (`virtio-blk-ccw`), and the options with which a kernel finds them. */
    readonly virtio: { readonly bus: string; readonly options: readonly string[] };
    /** Options of a kernel that is to see several nodes of memory; absent where the machine has one only. */
    readonly numa?: readonly string[];
    /** `-smp` value for a number of CPUs. */
    smp(cpus: number): string;
    /** How a SysRq key is typed from outside: perhaps a command of the human monitor first, then bytes on a channel. */
    sysrq(key: string): { readonly monitor?: string; readonly channel: 'log' | 'agent'; readonly bytes: string };
    /** Whether a non-maskable interrupt makes the kernel say where it is; elsewhere it only ends the guest. */
    readonly nmiTells: boolean;
    /** The physical address of a kernel variable, as linked; of use where the kernel has not moved. */
    physical(address: bigint): bigint;
    /** How a kernel that moved when it booted is found. */
    readonly anchor: Anchor;
  };
  /**
   * What the kernel says where it could not measure its clock at boot, since the host took its processor away meanwhile: its
   * time goes in ticks of its timer then, and what its tests see of time is not what they see elsewhere. Absent where the
   * clock's rate is known.
   */
  readonly lostClock?: RegExp;
  /** The debugger that knows the architecture, and its name for it. */
  readonly gdb: { readonly command: string; readonly architecture: string };
  /** System calls; where there are several variants, those that take 32-bit ids and 64-bit sizes. */
  readonly systemCalls: Readonly<Record<SystemCall, SystemCallShape>>;
  /** `O_DIRECTORY`, where it is not 0200000. */
  readonly openDirectory?: number;
  /** Of the calls `stat` and `lstat`. */
  readonly stat: StatLayout;
  /** Kernel command-line parts: console of the log channel. */
  readonly commandLine: readonly string[];
  /** The agent channel's device in the guest: path, and the character device number to make it with. */
  readonly agentDevice: { readonly path: string; readonly major: number; readonly minor: number };
  /** Whether the log console wraps records at 80 columns. */
  readonly wrapsLog: boolean;
}

/** Whether a machine of it boots here; of all others kernels are built only. */
export function canBoot(target: Target): target is BootTarget {
  return 'qemu' in target;
}
