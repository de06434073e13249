import type { BootTarget } from '../../model/index.ts';

/** How Debian's klibc wants to be compiled and linked with; its own wrapper of the compiler says so. */
export interface KlibcSettings {
  /** Directory of its headers for the architecture. */
  readonly architecture: string;
  readonly bits: string;
  readonly compilerFlags: readonly string[];
  /** As the linker takes them. */
  readonly linkerFlags: readonly string[];
}

/** Flags of the wrapper that hold only where it is installed. */
const local = /^-(?:nostdinc|iwithprefix|iwithprefixbefore)$/;

/** Reads the settings out of the text of `klcc`, a Perl script whose first part is data. */
export function readKlcc(text: string): KlibcSettings {
  const list = (name: string): string[] => {
    const [, words = ''] = new RegExp(`^@${name} = \\((.*)\\);$`, 'm').exec(text) ?? [];
    return [...words.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word.replaceAll(/\\(.)/g, '$1'));
  };
  const flags = list('REQFLAGS');
  return {
    architecture: list('ARCHDIR')[0] ?? '',
    bits: list('BITSIZE')[0] ?? '',
    compilerFlags: flags.filter((flag, at) => !local.test(flag) && !/^-iwithprefix/.test(flags[at - 1] ?? '')),
    linkerFlags: list('LDFLAGS').filter((flag) => !flag.startsWith('--build-id')),
  };
}

export interface CompileRequest {
  readonly target: Pick<BootTarget, 'crossCompile' | 'guestCompilerFlags'>;
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  readonly output: string;
}

function compiler({ crossCompile, guestCompilerFlags }: CompileRequest['target']): [string, ...string[]] {
  return [`${crossCompile}gcc`, ...guestCompilerFlags, '-O2', '-Wall', '-fno-asynchronous-unwind-tables'];
}

/** Compiles a static program with the compiler's own C library. */
export function glibcCompiler({ target, sources, flags, output }: CompileRequest): [string, ...string[]] {
  const own = ['-static', '-Wl,--build-id=none', '-s'];
  return [...compiler(target), ...flags, ...sources, ...own, '-o', output];
}

/**
 * Compiles a static program with klibc.
 *
 * @param klibc `prefix`: the directory with its headers and library; `builtin` and `libgcc`: the compiler's own headers
 *   and library, of which no other path is known then
 */
export function klibcCompiler(
  { target, sources, flags, output }: CompileRequest,
  klibc: {
    readonly settings: KlibcSettings;
    readonly prefix: string;
    readonly builtin: string;
    readonly libgcc: string;
  },
): [string, ...string[]] {
  const { settings, prefix, builtin, libgcc } = klibc;
  const headers = [`arch/${settings.architecture}`, `bits${settings.bits}`, ''].map(
    (part) => `${prefix}/include/${part}`,
  );
  return [
    ...compiler(target),
    ...settings.compilerFlags,
    '-nostdinc',
    ...[builtin, ...headers].flatMap((directory) => ['-isystem', directory]),
    ...flags,
    ...['-nostdlib', '-static', '-no-pie', '-s', '-Wl,--build-id=none', '-Wl,-z,noexecstack'],
    ...settings.linkerFlags.map((flag) => `-Wl,${flag}`),
    `${prefix}/lib/crt0.o`,
    ...sources,
    ...['-Wl,--start-group', `${prefix}/lib/libc.a`, libgcc, '-Wl,--end-group'],
    '-o',
    output,
  ];
}
