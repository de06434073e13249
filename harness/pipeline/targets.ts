import { hostArch } from '../host/machine.ts';
import type { BootTarget, SourceLocation, Target } from '../model/index.ts';
import { bootTargets, findBootTarget, findTarget, onHost, targets } from '../targets/index.ts';

/** Every target that boots, with the tools that this host needs for it. */
export const hostBootTargets: readonly BootTarget[] = bootTargets.map((target) => onHost(target, hostArch));

/** The target of that name or alias, with the tools that this host needs for it. Throws UserError; see findTarget. */
export function hostTarget(name: string, location?: SourceLocation): Target {
  return onHost(findTarget(name, location), hostArch);
}

/** The same, for what needs a guest. Throws UserError for a target that is built only, too. */
export function hostBootTarget(name: string, location?: SourceLocation): BootTarget {
  return onHost(findBootTarget(name, location), hostArch);
}

/** The word that stands for every target. */
export const everyTarget = 'all';

/** The targets of some names, each once, in the order of the names. Throws UserError; see findTarget. */
export function hostTargetsOf(names: readonly string[]): Target[] {
  const found = names.flatMap((name) => (name === everyTarget ? targets : [findTarget(name)]));
  return [...new Set(found)].map((target) => onHost(target, hostArch));
}
