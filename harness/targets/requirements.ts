import { type BootTarget, canBoot, type Target } from '../model/index.ts';

/** Something that quiltboot needs on the machine. */
export interface Requirement {
  /** What a reader knows it by. */
  readonly name: string;
  /** Why it is needed, in a few words. */
  readonly purpose: string;
  /** Debian's package that brings it. */
  readonly package: string;
  /** How to see that it is there: a command that tells its version, or one of these files. */
  readonly check:
    | { readonly command: string; readonly args: readonly string[] }
    | { readonly files: readonly [string, ...string[]] };
  /** quiltboot works without it, only slower or with less protection. */
  readonly optional: boolean;
}

function command(
  name: string,
  packageName: string,
  purpose: string,
  args: readonly string[] = ['--version'],
): Requirement {
  return { name, purpose, package: packageName, check: { command: name, args }, optional: false };
}

function files(name: string, purpose: string, ...paths: [string, ...string[]]): Requirement {
  return { name, purpose, package: name, check: { files: paths }, optional: false };
}

/** What every target needs. The compiler of the machine also builds the kernel's own tools. */
const common: readonly Requirement[] = [
  command('git', 'git', 'applies patches'),
  command('make', 'make', 'builds kernels'),
  command('gcc', 'gcc', 'builds kernels and their tools'),
  command('ld', 'binutils', 'links kernels'),
  files('libc6-dev', 'headers for the tools of a kernel build', '/usr/include/stdio.h'),
  command('flex', 'flex', 'kernel configuration'),
  command('bison', 'bison', 'kernel configuration'),
  command('bc', 'bc', 'computes time constants of a kernel'),
  command('perl', 'perl', 'scripts of a kernel build'),
  files('libelf-dev', 'headers for objtool', '/usr/include/libelf.h'),
  files(
    'libssl-dev',
    'headers for signing tools',
    '/usr/include/openssl/opensslconf.h',
    '/usr/include/x86_64-linux-gnu/openssl/opensslconf.h',
    '/usr/include/x86_64-linux-gnu/openssl/configuration.h',
    '/usr/include/openssl/configuration.h',
  ),
  command('patch', 'patch', 'incremental patches'),
  command('tar', 'tar', 'unpacks sources'),
  command('xz', 'xz-utils', 'unpacks sources'),
  command('bzip2', 'bzip2', 'unpacks sources', ['--help']),
  command('zstd', 'zstd', 'unpacks sources'),
  command('cpio', 'cpio', 'checks initramfs archives'),
  command('gpgv', 'gpgv', 'checks signatures of downloads'),
  command('dpkg-deb', 'dpkg', 'unpacks the programs of the guest'),
  command('flock', 'util-linux', 'locks'),
  files('ca-certificates', 'https downloads', '/etc/ssl/certs/ca-certificates.crt'),
  { ...command('ccache', 'ccache', 'makes repeated builds faster'), optional: true },
  // What stands in for it is tried out, and decides.
  { ...command('bwrap', 'bubblewrap', 'keeps a hostile patch from the machine, better than landlock'), optional: true },
];

/** Debian's package with the C library that programs for a target are linked with. */
export function libcPackage({ crossCompile, debianArch, ownLibc }: BootTarget): string {
  if (crossCompile !== '') return `libc6-dev-${debianArch}-cross`;
  return ownLibc?.package ?? 'libc6-dev';
}

/** Where the static C library of a target lies, where it is not that of the machine itself. */
function staticLibrary(target: BootTarget): Requirement[] {
  const { crossCompile, ownLibc, name } = target;
  const file = crossCompile === '' ? ownLibc?.file : `/usr/${crossCompile.replace(/-$/, '')}/lib/libc.a`;
  if (file === undefined) return [];
  return [{ ...files(libcPackage(target), `kselftest and libc: glibc for ${name}`, file), optional: true }];
}

/** Everything that is needed for some targets, each thing once. */
export function requirementsFor(targets: readonly Target[]): Requirement[] {
  const own = targets.flatMap((target) => {
    const prefix = target.crossCompile;
    // In names of packages Debian writes a dash for the underscore.
    const suffix = prefix.replace(/-$/, '').replaceAll('_', '-');
    return [
      ...(canBoot(target)
        ? [command(target.qemu.binary, target.qemu.package, `boots kernels for ${target.name}`)]
        : []),
      ...(prefix === ''
        ? []
        : [
            command(`${prefix}gcc`, `gcc-${suffix}`, `builds kernels for ${target.name}`),
            command(`${prefix}ld`, `binutils-${suffix}`, `links kernels for ${target.name}`),
          ]),
      ...(canBoot(target) ? staticLibrary(target) : []),
    ];
  });
  return [...new Map([...common, ...own].map((requirement) => [requirement.name, requirement])).values()];
}

/** The one line that installs packages. Nobody is asked anything, and nothing comes along that is not needed. */
export function installCommand(packages: readonly string[]): string {
  return `apt-get install --no-install-recommends ${[...new Set(packages)].sort().join(' ')}`;
}
