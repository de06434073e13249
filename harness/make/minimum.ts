import { clangSuffix, isBefore, type Target, type Toolchain } from '../model/index.ts';

/** Where a tree says which tools are new enough for it; trees of before 5.13 do not. */
export const minimumFile = 'scripts/min-tool-version.sh';

/**
 * The oldest version of a compiler that a tree takes, by the shell script that it has for that: a section for each tool, in
 * which one architecture may want more than the others. Undefined where it says nothing.
 */
export function minimumVersion(script: string, tool: 'gcc' | 'llvm', sourceArch: string): string | undefined {
  const section = new RegExp(`^${tool}\\)\\n([\\s\\S]*?)^\\s*;;`, 'm').exec(script)?.[1];
  if (section === undefined) return undefined;
  const own = new RegExp(`"\\$SRCARCH" = "?${sourceArch}"? \\][^\\n]*\\n\\s*echo (\\d[\\d.]*)`).exec(section)?.[1];
  return own ?? [...section.matchAll(/^\s*echo (\d[\d.]*)/gm)].at(-1)?.[1];
}

/** The version in what a compiler prints first: the last number, for a distribution's own stands before it. */
function versionIn(line: string): string | undefined {
  return [...line.matchAll(/\b\d+\.\d+(?:\.\d+)*/g)].at(-1)?.[0];
}

/** What is known of a tree and a machine where a compiler is judged. */
interface CompilerFacts {
  readonly kernelVersion: string;
  /** Text of {@link minimumFile}; empty where there is none. */
  readonly minimum: string;
  /** What the compiler says it is; absent where it is not installed. */
  readonly says?: string;
}

/** Why a toolchain cannot build kernels of a tree for a target, as a clause; undefined where nothing is known against it. */
export function refusedBy(
  target: Target,
  toolchain: Toolchain,
  { kernelVersion, minimum, says }: CompilerFacts,
): string | undefined {
  const { name } = target;
  const isClang = clangSuffix(toolchain) !== undefined;
  if (isClang && !target.clang) return `clang builds no kernel for ${name}`;
  if (isClang && target.clang && isBefore(kernelVersion, target.clang.since))
    return `clang builds kernels for ${name} since Linux ${target.clang.since}, this is ${kernelVersion}`;
  const least = minimumVersion(minimum, isClang ? 'llvm' : 'gcc', target.sourceArch(kernelVersion));
  const own = says === undefined ? undefined : versionIn(says);
  if (least === undefined || own === undefined || !isBefore(own, least)) return undefined;
  return `${toolchain.cc} is ${own}, and this tree wants ${least} or newer for ${name}`;
}
