import { z } from 'zod';
import { diskFormats } from '../../../model/index.ts';

const relative = z
  .string()
  .max(4000)
  .refine((file) => !file.startsWith('/') && !file.split('/').includes('..'), 'leads out of the pack');
const text = z.string().max(4000);

/** No arguments of QEMU: a job names no command. */
const machineShape = z.strictObject({
  memoryMiB: z.number(),
  cpus: z.number(),
  commandLine: z.array(text).readonly(),
  disks: z
    .array(z.strictObject({ sizeMiB: z.number().int().min(1).max(65_536), format: z.enum(diskFormats) }))
    .max(16)
    .readonly()
    .exactOptional(),
  network: z.literal('user-isolated').exactOptional(),
  numa: z
    .array(z.strictObject({ cpus: z.array(z.number().int()).readonly(), memoryMiB: z.number().int() }))
    .readonly()
    .exactOptional(),
});

/** What a pack says of the run that its files are for; paths are below its `files/`. */
export const packShape = z.strictObject({
  format: z.literal(1),
  project: relative,
  /** Where the command was given. */
  directory: relative,
  series: text,
  targets: z.array(text),
  configuration: text.optional(),
  toolchain: text,
  variant: text.optional(),
  fuzz: z.number().optional(),
  trusted: z.boolean(),
  machines: z.record(text, machineShape),
  points: text,
  until: z.enum(['build', 'boot', 'test']),
  /** Files that were chosen, and words for other suites; the series' own when absent. */
  suites: z.array(z.strictObject({ file: relative.optional(), word: text.optional() })).optional(),
  case: text.optional(),
  seed: z.number().optional(),
  reruns: z.strictObject({ times: z.number(), tolerated: z.number() }).optional(),
  leaks: z.number().optional(),
  /** What the key of a chain has of them. */
  words: z.array(text),
  options: z.record(text, text),
  tree: z.strictObject({
    name: text,
    base: text,
    key: z.string().regex(/^[0-9a-f]{64}$/),
    commit: text,
    kernelVersion: text,
    resolved: text,
  }),
});

export type Pack = z.infer<typeof packShape>;
