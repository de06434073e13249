import * as z from 'zod';
import { mayHoldHostile } from '../../host/files/hostile.ts';
import { readKept } from '../../host/files/kept.ts';
import { readText } from '../../host/files/read.ts';
import { removePath } from '../../host/files/remove.ts';
import { writeJson } from '../../host/files/write.ts';
import { type BuildPlace, ownFile, removeBuilt } from '../../host/make/build-directory.ts';
import { findListing, isListed } from '../../host/make/listings.ts';
import { type BuildFinding, foldWarnings, isOfKconfig, readBuildLog, type WarningsByObject } from '../../make/index.ts';
import { type Context, type Diagnostic, warning } from '../../model/index.ts';

const diagnostic: z.ZodType<Diagnostic> = z.object({
  severity: z.enum(['warning', 'error']),
  file: z.string().exactOptional(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
  message: z.string(),
  option: z.string().exactOptional(),
  object: z.string().exactOptional(),
});

/** What a build directory remembers: see {@link WarningsByObject}. */
interface Memory {
  readonly format: 2;
  readonly objects: WarningsByObject;
  /** Where an object was listed as a part of something when it was compiled, relative to the directory. */
  readonly listings: Readonly<Record<string, string>>;
}

const memoryShape: z.ZodType<Memory> = z.object({
  format: z.literal(2),
  objects: z.record(z.string(), z.array(z.object({ diagnostic, lines: z.array(z.string()) }))),
  listings: z.record(z.string(), z.string()),
});

/** Where the make saw the tree and the build directory whose log is pending. */
const rootsShape = z.object({ worktree: z.string(), directory: z.string() });

/** The log of a make that has not been read into the memory yet; it is there only while make runs, or after a crash. */
export function pendingLog(place: BuildPlace): string {
  return ownFile(place, 'build.log');
}

async function recall(place: BuildPlace, tell: (text: string) => void): Promise<Memory> {
  const broken: string[] = [];
  const found = await readKept(memoryFile(place), memoryShape, {
    then: 'everything is compiled again',
    tell(text) {
      broken.push(text);
      tell(text);
    },
  });
  if (broken.length > 0) {
    // An object that stays would keep its warnings to itself.
    await removeBuilt(place.directory);
    await removePath(memoryFile(place));
  }
  return found ?? { format: 2, objects: {}, listings: {} };
}

function memoryFile(place: BuildPlace): string {
  return ownFile(place, 'warnings.json');
}

/**
 * Reads the pending log into the directory's memory. Called after each make, however it ended, and before one, for a
 * make whose program was killed.
 */
export async function absorbLog(place: BuildPlace, { emit }: Pick<Context, 'emit'>): Promise<void> {
  const { directory } = place;
  const tell = warning({ emit });
  const before = await recall(place, tell);
  const log = await readText(pendingLog(place));
  if (log === undefined) return;
  const broken = { tell, then: 'places in the log of the last build are not known' };
  const roots = await readKept(ownFile(place, 'roots.json'), rootsShape, broken);
  const reading = readBuildLog(log, roots ?? { worktree: directory, directory });
  const findings = reading.findings.filter((finding) => !isOfKconfig(finding));
  const objects = foldWarnings(before.objects, { ...reading, findings });
  const listings: Record<string, string> = {};
  for (const object of Object.keys(objects)) {
    const listing = reading.made.has(object) ? await findListing(directory, object) : before.listings[object];
    if (listing !== undefined) listings[object] = listing;
  }
  await writeJson(memoryFile(place), { format: 2, objects, listings } satisfies Memory);
  await removePath(pendingLog(place));
}

/**
 * The warnings of everything that is a part of the kernel now. What was compiled at another point and is no longer
 * linked stays in memory, for it may come back without being compiled again.
 */
export async function currentWarnings(
  place: BuildPlace,
  worktree: string,
  context: Pick<Context, 'emit'>,
): Promise<BuildFinding[]> {
  const { directory } = place;
  const { objects, listings } = await recall(place, warning(context));
  const current: BuildFinding[] = [];
  for (const [object, findings] of Object.entries(objects)) {
    const listing = listings[object];
    if (listing !== undefined) {
      if (await isListed(directory, listing, object)) current.push(...findings);
      continue;
    }
    // Host programs and the like are listed nowhere; theirs hold for as long as the file is there.
    for (const finding of findings) {
      const { file } = finding.diagnostic;
      if (file === undefined || file.startsWith('<') || file.startsWith('/')) current.push(finding);
      else if ((await mayHoldHostile(worktree, file)) || (await mayHoldHostile(directory, file))) current.push(finding);
    }
  }
  return current;
}
