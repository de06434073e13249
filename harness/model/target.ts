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
  | 'unshare';

/** A machine to build for and boot: facts about one architecture, held in one file of `harness/targets`. */
export interface Target {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly bits: 32 | 64;
  readonly endian: 'little' | 'big';
  /** Prefix of the cross tools, `s390x-linux-gnu-`; empty for the compiler of an x86 host. */
  readonly crossCompile: string;
  /** Flags that make the compiler produce user-space code for the guest (`-m32`). */
  readonly guestCompilerFlags: readonly string[];
  /** Debian's name of the architecture, for the guest's user space. */
  readonly debianArch: string;
  readonly qemu: {
    readonly binary: string;
    /** Machine arguments: everything but memory, CPUs, kernel, initramfs, command line and character devices. */
    readonly machine: readonly string[];
    /** Arguments that bind the kernel log to the chardev `log` and the agent channel to the chardev `agent`. */
    readonly channels: readonly string[];
    /** QEMU's name for the machine's memory, by which a saved state knows it. */
    readonly memoryId: string;
    /** `-smp` value for a number of CPUs. */
    smp(cpus: number): string;
    /** How a SysRq key is typed from outside: perhaps a command of the human monitor first, then bytes on a channel. */
    sysrq(key: string): { readonly monitor?: string; readonly channel: 'log' | 'agent'; readonly bytes: string };
    /** Whether a non-maskable interrupt makes the kernel say where it is; elsewhere it only ends the guest. */
    readonly nmiTells: boolean;
    /** The physical address of a kernel variable. Kernels of the project are not moved at boot. */
    physical(address: bigint): bigint;
  };
  /** The debugger that knows the architecture, and its name for it. */
  readonly gdb: { readonly command: string; readonly architecture: string };
  /** Numbers of system calls; where there are several variants, of those that take 32-bit ids and 64-bit sizes. */
  readonly systemCalls: Readonly<Record<SystemCall, number>>;
  /** Kernel command-line parts: console of the log channel. */
  readonly commandLine: readonly string[];
  /** The agent channel's device in the guest: path, and the character device number to make it with. */
  readonly agentDevice: { readonly path: string; readonly major: number; readonly minor: number };
  /** Whether the log console wraps records at 80 columns. */
  readonly wrapsLog: boolean;
  /** `kernelVersion` as `make kernelversion` prints it, for instance `6.1.192` or `2.6.22-rc6`. */
  kernelLayout(kernelVersion: string): KernelLayout;
  /** The directory below `arch/` that holds the architecture (kbuild's `SRCARCH`). */
  sourceArch(kernelVersion: string): string;
}
