import type * as z from 'zod';
import { defined, type MachineSettings, plainMachine, type SourceLocation, UserError } from '../model/index.ts';
import type { machineSchema } from './machine-schema.ts';

type MachineEntry = z.infer<typeof machineSchema>;

function refuse(text: string, hint: string, location: SourceLocation): never {
  throw new UserError(text, { code: 'QB-PROJECT', hint, location });
}

/** The processors of nodes have to be all that there are, each once. */
function checkNodes(nodes: NonNullable<MachineEntry['numa']>, cpus: number, location: SourceLocation): void {
  const named = nodes.flatMap((node) => node.cpus);
  const wanted = Array.from({ length: cpus }, (_, cpu) => cpu);
  if (named.length === cpus && wanted.every((cpu) => named.includes(cpu))) return;
  const range = cpus === 1 ? 'processor 0' : `processors 0 to ${cpus - 1}`;
  refuse(
    `the nodes of "numa" name the processors ${named.join(', ') || '(none)'}`,
    `name each of ${range} once`,
    location,
  );
}

/**
 * What the project file says of a target's guests.
 *
 * @throws UserError for nodes that do not fit together
 */
export function machineSettings(entry: MachineEntry, location: SourceLocation): MachineSettings {
  const { memory, cpus = plainMachine.cpus, commandLine = [], disks, network, numa, devices } = entry;
  if (numa !== undefined) {
    checkNodes(numa, cpus, location);
    if (memory !== undefined) refuse('a guest with "numa" has its memory there', 'leave "memory" out', location);
  }
  const nodes = numa?.map((node) => ({ cpus: node.cpus, memoryMiB: node.memory }));
  return {
    memoryMiB: nodes?.reduce((sum, node) => sum + node.memoryMiB, 0) ?? memory ?? plainMachine.memoryMiB,
    cpus,
    commandLine,
    ...(disks?.length && { disks: disks.map(({ size, format = 'none' }) => ({ sizeMiB: size, format })) }),
    ...(network === 'user-isolated' && { network }),
    ...defined({ numa: nodes }),
    ...(devices?.length && { devices }),
  };
}
