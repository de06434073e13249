import { findCommand, versionLine } from '../../host/make/toolchain.ts';
import { HostError, type Target, type Toolchain } from '../../model/index.ts';
import { installCommand } from '../../targets/index.ts';

/** A program that a kernel is built with, and Debian's package that holds it. */
interface Tool {
  readonly command: string;
  readonly package: string;
}

/** Debian's package that holds a tool: `gcc-12-s390x-linux-gnu` for `s390x-linux-gnu-gcc-12`. */
export function packageOf(command: string, crossCompile: string): string {
  const tool = command.slice(crossCompile.length).replace(/^ld$/, 'binutils');
  return crossCompile === '' ? tool : `${tool}-${crossCompile.replace(/-$/, '').replaceAll('_', '-')}`;
}

function toolsOf({ crossCompile }: Target, toolchain: Toolchain): Tool[] {
  const tools = [
    { command: `${crossCompile}${toolchain.cc}`, prefix: crossCompile },
    { command: `${crossCompile}ld`, prefix: crossCompile },
    { command: toolchain.hostcc, prefix: '' },
  ];
  return tools.map(({ command, prefix }) => ({ command, package: packageOf(command, prefix) }));
}

/** What kernels for a target cannot be built without and this machine does not have. */
export async function missingTools(target: Target, toolchain: Toolchain): Promise<Tool[]> {
  const tools = toolsOf(target, toolchain);
  const found = await Promise.all(tools.map(({ command }) => findCommand(command)));
  return tools.filter((_, at) => found[at] === undefined);
}

/**
 * What the tools say they are, for the keys of results: another compiler makes another kernel.
 *
 * @throws HostError that names the tool that is missing and the package that brings it
 */
export async function toolchainIdentity(target: Target, toolchain: Toolchain): Promise<readonly string[]> {
  return Promise.all(
    toolsOf(target, toolchain).map(async (tool) => {
      const version = await versionLine(tool.command);
      if (version !== undefined) return version;
      const found = await findCommand(tool.command);
      throw new HostError(
        found === undefined
          ? `kernels for ${target.name} need ${tool.command}, which is not installed`
          : `${found} does not run: it cannot print its version`,
        { code: 'QB-TOOL', hint: `run: quiltboot doctor, or: ${installCommand([tool.package])}` },
      );
    }),
  );
}
