import { findCommand, versionLine } from '../../host/make/toolchain.ts';
import { HostError, type Target, type Toolchain } from '../../model/index.ts';

/** Debian's package that holds a tool: `gcc-12-s390x-linux-gnu` for `s390x-linux-gnu-gcc-12`. */
export function packageOf(command: string, crossCompile: string): string {
  const tool = command.slice(crossCompile.length).replace(/^ld$/, 'binutils');
  return crossCompile === '' ? tool : `${tool}-${crossCompile.replace(/-$/, '').replaceAll('_', '-')}`;
}

/**
 * What the tools say they are, for the keys of results: another compiler makes another kernel.
 *
 * @throws HostError that names the tool that is missing and the package that brings it
 */
export async function toolchainIdentity(target: Target, toolchain: Toolchain): Promise<readonly string[]> {
  const { crossCompile } = target;
  const tools = [
    { command: `${crossCompile}${toolchain.cc}`, prefix: crossCompile },
    { command: `${crossCompile}ld`, prefix: crossCompile },
    { command: toolchain.hostcc, prefix: '' },
  ];
  return Promise.all(
    tools.map(async ({ command, prefix }) => {
      const version = await versionLine(command);
      if (version !== undefined) return version;
      const found = await findCommand(command);
      throw new HostError(
        found === undefined
          ? `kernels for ${target.name} need ${command}, which is not installed`
          : `${found} does not run: it cannot print its version`,
        { code: 'QB-TOOL', hint: `run: quiltboot doctor, or: apt-get install ${packageOf(command, prefix)}` },
      );
    }),
  );
}
