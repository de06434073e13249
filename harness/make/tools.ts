import { clangSuffix, isBefore, type Target, type Toolchain } from '../model/index.ts';

/** A program that a kernel is built with, and Debian's package that holds it. */
export interface Tool {
  readonly command: string;
  readonly package: string;
}

/** Make's names of LLVM's tools, and what those are called; by package. */
const llvm: readonly (readonly [string, string, string])[] = [
  ['LD', 'ld.lld', 'lld'],
  ['AR', 'llvm-ar', 'llvm'],
  ['NM', 'llvm-nm', 'llvm'],
  ['OBJCOPY', 'llvm-objcopy', 'llvm'],
  ['OBJDUMP', 'llvm-objdump', 'llvm'],
  ['READELF', 'llvm-readelf', 'llvm'],
  ['STRIP', 'llvm-strip', 'llvm'],
];

/** What follows the names of LLVM's tools where they make the whole kernel; undefined where GNU's do, or a part of it. */
function llvmSuffix({ clang }: Target, toolchain: Toolchain): string | undefined {
  return clang?.tools === 'llvm' ? clangSuffix(toolchain) : undefined;
}

/** Debian's package of a tool of GNU's for a target: `gcc-12-s390x-linux-gnu` for `s390x-linux-gnu-gcc-12`. */
function gnuTool(name: string, { crossCompile }: Target): Tool {
  const triplet = crossCompile === '' ? '' : `-${crossCompile.replace(/-$/, '').replaceAll('_', '-')}`;
  return { command: `${crossCompile}${name}`, package: `${name.replace(/^(?:ld|nm)$/, 'binutils')}${triplet}` };
}

/** The command of the compiler, without flags: clang knows all targets, gcc has a program for each. */
export function compilerTool(target: Target, toolchain: Toolchain): Tool {
  const { cc } = toolchain;
  return clangSuffix(toolchain) === undefined ? gnuTool(cc, target) : { command: cc, package: cc };
}

/** Everything that kernels of a target cannot be built without, beside what each build needs. */
export function toolsOf(target: Target, toolchain: Toolchain): Tool[] {
  const suffix = llvmSuffix(target, toolchain);
  const rest =
    suffix === undefined
      ? [gnuTool('ld', target)]
      : llvm.map(([, command, name]) => ({ command: `${command}${suffix}`, package: `${name}${suffix}` }));
  const { hostcc } = toolchain;
  return [compilerTool(target, toolchain), ...rest, { command: hostcc, package: hostcc }];
}

/** The command that lists the symbols of a kernel. */
export function nmTool(target: Target, toolchain: Toolchain): string {
  const suffix = llvmSuffix(target, toolchain);
  return suffix === undefined ? gnuTool('nm', target).command : `llvm-nm${suffix}`;
}

/** Variables of make for the tools beside the compiler, where they are not those that it takes by itself. */
export function toolVariables(target: Target, toolchain: Toolchain, kernelVersion: string): Record<string, string> {
  const { linkerFlags, targetLinkerFlags } = toolchain;
  const suffix = llvmSuffix(target, toolchain);
  const named = suffix === undefined ? {} : Object.fromEntries(llvm.map(([name, tool]) => [name, `${tool}${suffix}`]));
  const flags = [...(targetLinkerFlags?.[target.name] ?? []), ...(linkerFlags ?? [])];
  const ld = named['LD'] ?? gnuTool('ld', target).command;
  return {
    ...named,
    ...(linkerFlags && { LD: [ld, ...flags].join(' ') }),
    // A kernel of before 5.18 takes no suffix there, and does not look at it where each tool is named.
    ...(suffix !== undefined && { LLVM: suffix === '' || isBefore(kernelVersion, '5.18') ? '1' : suffix }),
    // The assembler of GNU's goes with its linker.
    ...(suffix === undefined && clangSuffix(toolchain) !== undefined && { LLVM_IAS: '0' }),
  };
}
