import { findCommand } from '../../host/make/toolchain.ts';
import { type BootTarget, HostError } from '../../model/index.ts';

/** The path of the compiler of a target's user space. Throws HostError where there is none. */
export async function findCompiler({ name: target, crossCompile }: BootTarget): Promise<string> {
  const name = `${crossCompile}gcc`;
  const found = await findCommand(name);
  if (found !== undefined) return found;
  const packageName = crossCompile === '' ? 'gcc' : `gcc-${crossCompile.replace(/-$/, '').replaceAll('_', '-')}`;
  throw new HostError(`there is no ${name}, which compiles the agent for ${target} guests`, {
    hint: `install it: apt-get install ${packageName}`,
  });
}
