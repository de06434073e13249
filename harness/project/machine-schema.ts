import * as z from 'zod';
import { diskFormats } from '../model/index.ts';

const texts = z.array(z.string().min(1));

/** What a project file says of a target's guests. */
export const machineSchema = z.strictObject({
  memory: z.number().int().min(32).optional().describe('MiB'),
  cpus: z.number().int().min(1).max(64).optional(),
  commandLine: texts.optional(),
  disks: z
    .array(
      z.strictObject({
        size: z.number().int().min(1).max(65_536).describe('MiB'),
        format: z.enum(diskFormats).optional().describe('File system that it begins with (default: none)'),
      }),
    )
    .max(16)
    .optional()
    .describe('Disks, new in each guest: /dev/vda, /dev/vdb and so on, with the serial numbers disk0, disk1'),
  network: z
    .enum(['none', 'user-isolated'])
    .optional()
    .describe('user-isolated: a network card with DHCP at its other end, and no way out (default: none)'),
  numa: z
    .array(
      z.strictObject({
        cpus: z.array(z.number().int().min(0).max(63)),
        memory: z.number().int().min(16).describe('MiB'),
      }),
    )
    .min(1)
    .max(8)
    .optional()
    .describe('Nodes of memory with their processors, instead of "memory"; every guest is booted then'),
  devices: texts.optional().describe('Further arguments of QEMU, each a word: [-device, edu]'),
});
