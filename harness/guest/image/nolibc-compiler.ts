import type { BootTarget } from '../../model/index.ts';
import type { CompileRequest } from './klibc-compiler.ts';

/** What every program without a C library is made of beside its own sources: files of images/nolibc. */
const libraryFiles = ['start.c', 'text.c'];
/** Calls `main`. */
const mainFile = 'main.c';

interface NolibcRequest extends Omit<CompileRequest, 'target'> {
  readonly target: Pick<BootTarget, 'crossCompile' | 'guestCompilerFlags' | 'agentFlags'>;
}

function compiler(
  { target, sources, flags, output }: NolibcRequest,
  directory: string,
  library: readonly string[],
): [string, ...string[]] {
  return [
    `${target.crossCompile}gcc`,
    ...target.guestCompilerFlags,
    ...'-std=gnu11 -Wall -Wextra -Os -ffreestanding -fno-pie -fno-stack-protector'.split(' '),
    ...'-fno-asynchronous-unwind-tables -fno-strict-aliasing -ffunction-sections'.split(' '),
    ...target.agentFlags,
    `-I${directory}`,
    ...flags,
    ...sources,
    ...library.map((name) => `${directory}/${name}`),
    ...'-nostdlib -nostartfiles -static -no-pie -s'.split(' '),
    ...'-Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,noexecstack'.split(' '),
    '-o',
    output,
  ];
}

/**
 * Compiles a static program without a C library.
 *
 * @param directory where images/nolibc lies
 */
export function nolibcCompiler(request: NolibcRequest, directory: string): [string, ...string[]] {
  return compiler(request, directory, [...libraryFiles, mainFile]);
}

/** Compiles the agent; names of files are those below images/, which the compiler has to run in. */
export function agentCompiler(target: BootTarget, sources: readonly string[], output: string): [string, ...string[]] {
  const { major, minor } = target.agentDevice;
  const flags = [`-DAGENT_MAJOR=${major}`, `-DAGENT_MINOR=${minor}`];
  return compiler({ target, sources, flags, output }, 'nolibc', libraryFiles);
}
