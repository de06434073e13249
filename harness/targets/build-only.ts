import { isBefore, type Target } from '../model/index.ts';

/** What is known of an architecture that kernels are built for and never booted. */
interface Row extends Pick<Target, 'name' | 'aliases' | 'bits' | 'endian' | 'since' | 'clang'> {
  /** Value of `ARCH=`, and the directory below `arch/` where no other is named. */
  readonly arch: string;
  /** Prefix of its tools without the last dash; Debian's packages are named after it. */
  readonly triplet: string;
  /** Debian's name of the architecture; the target's when absent. */
  readonly debianArch?: string;
  /** What makes a kernel of it that compiles: its processor, its machine, its byte order. */
  readonly options: readonly string[];
  readonly sourceArch?: (kernelVersion: string) => string;
}

const mips = (bits: 32 | 64, endian: 'little' | 'big'): Omit<Row, 'name' | 'aliases' | 'triplet'> => ({
  arch: 'mips',
  clang: { since: '5.18', tools: 'llvm' },
  bits,
  endian,
  options: [
    'CONFIG_MIPS_MALTA=y',
    `CONFIG_CPU_MIPS${bits}_R2=y`,
    `CONFIG_${bits}BIT=y`,
    `CONFIG_CPU_${endian.toUpperCase()}_ENDIAN=y`,
  ],
});

const rows: readonly Row[] = [
  {
    name: 'armel',
    aliases: ['armv5'],
    arch: 'arm',
    triplet: 'arm-linux-gnueabi',
    bits: 32,
    endian: 'little',
    clang: { since: '5.7', tools: 'llvm' },
    options: [
      'CONFIG_MMU=y',
      '# CONFIG_ARCH_MULTI_V7 is not set',
      'CONFIG_ARCH_MULTI_V5=y',
      'CONFIG_ARCH_VERSATILE=y',
      'CONFIG_AEABI=y',
    ],
  },
  {
    name: 'ppc64',
    aliases: ['powerpc64'],
    arch: 'powerpc',
    triplet: 'powerpc64-linux-gnu',
    bits: 64,
    endian: 'big',
    clang: { since: '5.7', tools: 'gnu' },
    options: ['CONFIG_PPC64=y', 'CONFIG_PPC_BOOK3S_64=y', 'CONFIG_CPU_BIG_ENDIAN=y'],
  },
  {
    name: 'powerpc',
    aliases: ['ppc', 'ppc32'],
    arch: 'powerpc',
    triplet: 'powerpc-linux-gnu',
    bits: 32,
    endian: 'big',
    clang: { since: '5.7', tools: 'gnu' },
    options: ['CONFIG_PPC_BOOK3S_32=y', 'CONFIG_PPC_PMAC=y'],
  },
  { name: 'mips', aliases: [], triplet: 'mips-linux-gnu', ...mips(32, 'big') },
  { name: 'mipsel', aliases: [], triplet: 'mipsel-linux-gnu', ...mips(32, 'little') },
  { name: 'mips64', aliases: [], triplet: 'mips64-linux-gnuabi64', ...mips(64, 'big') },
  { name: 'mips64el', aliases: [], triplet: 'mips64el-linux-gnuabi64', ...mips(64, 'little') },
  {
    name: 'alpha',
    aliases: [],
    arch: 'alpha',
    triplet: 'alpha-linux-gnu',
    bits: 64,
    endian: 'little',
    options: ['CONFIG_ALPHA_GENERIC=y'],
  },
  {
    name: 'hppa',
    aliases: ['parisc'],
    arch: 'parisc',
    triplet: 'hppa-linux-gnu',
    bits: 32,
    endian: 'big',
    options: ['CONFIG_PA7100LC=y'],
  },
  {
    name: 'm68k',
    aliases: [],
    arch: 'm68k',
    triplet: 'm68k-linux-gnu',
    bits: 32,
    endian: 'big',
    options: ['CONFIG_MMU=y', 'CONFIG_M68KCLASSIC=y', 'CONFIG_M68040=y', 'CONFIG_ATARI=y'],
  },
  {
    name: 'sh4',
    aliases: ['sh'],
    arch: 'sh',
    triplet: 'sh4-linux-gnu',
    bits: 32,
    endian: 'little',
    options: ['CONFIG_CPU_SUBTYPE_SH7751R=y', 'CONFIG_MMU=y', 'CONFIG_CPU_LITTLE_ENDIAN=y'],
  },
  {
    name: 'sparc64',
    aliases: ['sparc'],
    arch: 'sparc64',
    triplet: 'sparc64-linux-gnu',
    bits: 64,
    endian: 'big',
    options: ['CONFIG_64BIT=y'],
    sourceArch: (kernelVersion) => (isBefore(kernelVersion, '2.6.29') ? 'sparc64' : 'sparc'),
  },
  {
    name: 'arc',
    aliases: ['arcv2'],
    arch: 'arc',
    triplet: 'arc-linux-gnu',
    bits: 32,
    endian: 'little',
    since: '3.9',
    options: ['CONFIG_ISA_ARCV2=y', 'CONFIG_CPU_LITTLE_ENDIAN=y'],
  },
];

function toTarget({ arch, triplet, debianArch, sourceArch = () => arch, ...row }: Row): Target {
  return {
    ...row,
    crossCompile: `${triplet}-`,
    crossPrefix: `${triplet}-`,
    nativeOn: [],
    debianArch: debianArch ?? row.name,
    // What a machine would load differs from one to the next; all of it is made from this one.
    kernelLayout: () => ({ arch, goal: 'vmlinux', image: 'vmlinux' }),
    sourceArch,
  };
}

/** The architectures that Debian has a compiler for and quiltboot has no machine of. */
export const buildTargets: readonly Target[] = rows.map(toTarget);
