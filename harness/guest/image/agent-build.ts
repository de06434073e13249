import type { Target } from '../../model/index.ts';

/** Command that compiles the agent's sources into one static program without a C library. */
export function agentCompiler(target: Target, sources: readonly string[], output: string): [string, ...string[]] {
  const { major, minor } = target.agentDevice;
  return [
    `${target.crossCompile}gcc`,
    ...target.guestCompilerFlags,
    ...'-std=gnu11 -Wall -Wextra -Os -ffreestanding -fno-pie -fno-stack-protector'.split(' '),
    ...'-fno-asynchronous-unwind-tables -fno-strict-aliasing -ffunction-sections'.split(' '),
    ...target.agentFlags,
    `-DAGENT_MAJOR=${major}`,
    `-DAGENT_MINOR=${minor}`,
    ...sources,
    ...'-nostdlib -nostartfiles -static -no-pie -s'.split(' '),
    ...'-Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noseparate-code -Wl,-z,noexecstack'.split(' '),
    '-o',
    output,
  ];
}
