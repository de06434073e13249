import { machineOptions } from '../../guest/machine-options.ts';
import {
  type Context,
  canBoot,
  defined,
  type MachineSettings,
  type Project,
  plainMachine,
  type Target,
  UserError,
} from '../../model/index.ts';
import type { FragmentUse } from '../kernel/configure.ts';
import { ownFragment } from '../kernel/own-fragment.ts';

/**
 * What guests of a target are made of, with the number of processors that was asked for.
 *
 * @throws UserError where the machine cannot have what the project file says
 */
export function machineOf(project: Project, target: Target, cpus: number | undefined): MachineSettings {
  const found = project.machines[target.name] ?? plainMachine;
  const place = { code: 'QB-PROJECT', ...defined({ location: project.machinePlaces?.[target.name] }) } as const;
  if (found.numa !== undefined && canBoot(target) && target.qemu.numa === undefined) {
    const hint =
      'leave "numa" out, or choose another target; numa=fake=2 makes nodes of one memory where the kernel can';
    throw new UserError(`the machine of ${target.name} has one node of memory only`, { ...place, hint });
  }
  if (found.numa !== undefined && cpus !== undefined && cpus !== found.cpus) {
    const hint = `--cpus ${found.cpus}, or other nodes`;
    throw new UserError(`the nodes of ${target.name} have ${found.cpus} processors, not ${cpus}`, { ...place, hint });
  }
  return { ...found, ...defined({ cpus }) };
}

/** The options with which a kernel sees the parts of its machine; none where there are none. */
export async function machineFragment(
  machine: MachineSettings,
  target: Target,
  context: Context,
): Promise<FragmentUse[]> {
  const options = canBoot(target) ? machineOptions(machine, target) : [];
  if (options.length === 0) return [];
  return [await ownFragment({ name: 'machine', title: `what guests of ${target.name} have` }, options, context)];
}
