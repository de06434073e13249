import { defined, nearest, type SourceLocation, type Target, UserError } from '../model/index.ts';
import { arm64 } from './arm64.ts';
import { i386 } from './i386.ts';
import { riscv64 } from './riscv64.ts';
import { s390x } from './s390x.ts';
import { x86_64 } from './x86_64.ts';

export { installCommand, libcPackage, type Requirement, requirementsFor } from './requirements.ts';
export { arm64, i386, riscv64, s390x, x86_64 };

/** Every machine that kernels can be built for and booted on, in the order of a matrix. */
export const targets: readonly Target[] = [x86_64, i386, arm64, riscv64, s390x];

/**
 * The target of that name or alias (`s390` is `s390x`).
 *
 * @throws UserError that lists the targets, with the likeliest one first when the name looks mistyped
 */
export function findTarget(name: string, location?: SourceLocation): Target {
  const wanted = name.toLowerCase();
  const found = targets.find((target) => target.name === wanted || target.aliases.includes(wanted));
  if (found) return found;
  const guess = nearest(
    name,
    targets.flatMap((target) => [target.name, ...target.aliases]),
  );
  throw new UserError(`there is no target "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
    code: 'QB-NAME',
    hint: `targets: ${targets.map(describe).join(', ')}`,
    ...defined({ location }),
  });
}

/**
 * A target as a host sees it, by Node's name of the host's processor (`x64`, `arm64`): its own compiler needs no prefix,
 * any other one's does.
 */
export function onHost(target: Target, arch: string): Target {
  return { ...target, crossCompile: target.nativeOn.includes(arch) ? '' : target.crossPrefix };
}

function describe(target: Target): string {
  return target.aliases.length === 0 ? target.name : `${target.name} (also ${target.aliases.join(', ')})`;
}
