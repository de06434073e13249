import { hostArch } from '../host/machine.ts';
import type { SourceLocation, Target } from '../model/index.ts';
import { findTarget, onHost, targets } from '../targets/index.ts';

/** Every target, with the tools that this host needs for it. */
export const hostTargets: readonly Target[] = targets.map((target) => onHost(target, hostArch));

/** The target of that name or alias, with the tools that this host needs for it. Throws UserError; see findTarget. */
export function hostTarget(name: string, location?: SourceLocation): Target {
  return onHost(findTarget(name, location), hostArch);
}
