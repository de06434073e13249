import type { BuildPlace } from '../../host/make/build-directory.ts';
import { largestFile, lookAtMachine, type MachineState, writeProblem } from '../../host/make/machine-state.ts';
import { findRequirement } from '../../host/make/requirements.ts';
import { confirmHostFault, type HostEvidence, type HostFault, suspectHost } from '../../make/index.ts';
import type { Target } from '../../model/index.ts';
import { requirementsFor } from '../../targets/index.ts';

export interface FailedMake {
  readonly log: string;
  readonly place: BuildPlace;
  readonly target: Target;
  /** The machine when make started. */
  readonly before: MachineState;
  /** A signal ended it. */
  readonly killed: boolean;
}

/** Asks the machine whether it is to blame for a failed make. What the log says is only a reason to ask. */
export async function findHostFault(failed: FailedMake): Promise<HostFault | undefined> {
  const suspicions = suspectHost(failed.log);
  if (suspicions.length === 0 && !failed.killed) return undefined;
  return confirmHostFault(suspicions, await gather(failed), failed.killed);
}

async function gather({ place, target, before }: FailedMake): Promise<HostEvidence> {
  const after = await lookAtMachine(place.own);
  return {
    freeBefore: before.freeBytes,
    freeAfter: after.freeBytes,
    availableMemory: after.availableMemory,
    outOfMemoryKills: after.outOfMemoryKills - before.outOfMemoryKills,
    writeProblem: await writeProblem(place.own),
    largestFile: await largestFile(place.directory),
    missing: await missingOn(target),
  };
}

async function missingOn(target: Target): Promise<Set<string>> {
  const missing = new Set<string>();
  for (const { name, check, optional } of requirementsFor([target])) {
    if (!optional && (await findRequirement(check)) === undefined) missing.add(name);
  }
  return missing;
}
