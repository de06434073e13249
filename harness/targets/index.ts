import {
  type BootTarget,
  canBoot,
  defined,
  nearest,
  type SourceLocation,
  type Target,
  UserError,
} from '../model/index.ts';
import { arm64 } from './arm64.ts';
import { armhf } from './armhf.ts';
import { buildTargets } from './build-only.ts';
import { i386 } from './i386.ts';
import { ppc64le } from './ppc64le.ts';
import { riscv64 } from './riscv64.ts';
import { s390x } from './s390x.ts';
import { x86_64 } from './x86_64.ts';

export { installCommand, libcPackage, type Requirement, requirementsFor } from './requirements.ts';
export { arm64, armhf, i386, ppc64le, riscv64, s390x, x86_64 };

/** Every machine that kernels can be built for and booted on, in the order of a matrix. */
export const bootTargets: readonly BootTarget[] = [x86_64, i386, arm64, armhf, riscv64, ppc64le, s390x];

/** Everything that kernels can be built for, in the order of a matrix: what boots, then what is built only. */
export const targets: readonly Target[] = [...bootTargets, ...buildTargets];

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

/** @throws UserError for a target that no machine boots, with what there is instead */
export function bootTarget<T extends Target>(target: T, location?: SourceLocation): T & BootTarget {
  if (canBoot(target)) return target;
  const { name } = target;
  throw new UserError(`kernels for ${name} are built only: quiltboot has no machine that boots them`, {
    code: 'QB-SELECTION',
    hint: `quiltboot build --target ${name} builds them; targets that boot: ${bootTargets.map((one) => one.name).join(', ')}`,
    ...defined({ location }),
  });
}

/** The target of that name, for what needs a guest. Throws UserError; see findTarget and bootTarget. */
export function findBootTarget(name: string, location?: SourceLocation): BootTarget {
  return bootTarget(findTarget(name, location), location);
}

/** Where Debian has packages for a target, as a request for one says it. */
export function debianOf({ debianArch, debianRelease }: Pick<Target, 'debianArch' | 'debianRelease'>): {
  readonly architecture: string;
  readonly release?: string;
} {
  return { architecture: debianArch, ...defined({ release: debianRelease }) };
}

/**
 * A target as a host sees it, by Node's name of the host's processor (`x64`, `arm64`): its own compiler needs no prefix,
 * any other one's does.
 */
export function onHost<T extends Target>(target: T, arch: string): T {
  return { ...target, crossCompile: target.nativeOn.includes(arch) ? '' : target.crossPrefix };
}

function describe(target: Target): string {
  return target.aliases.length === 0 ? target.name : `${target.name} (also ${target.aliases.join(', ')})`;
}
