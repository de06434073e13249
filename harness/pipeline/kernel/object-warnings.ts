import { mayHoldHostile } from '../../host/files/hostile.ts';
import { readJson, readText } from '../../host/files/read.ts';
import { removePath } from '../../host/files/remove.ts';
import { writeJson } from '../../host/files/write.ts';
import { type BuildPlace, ownFile } from '../../host/make/build-directory.ts';
import { findListing, isListed } from '../../host/make/listings.ts';
import {
  type BuildFinding,
  foldWarnings,
  isOfKconfig,
  type LogRoots,
  readBuildLog,
  type WarningsByObject,
} from '../../make/index.ts';

/** What a build directory remembers: see {@link WarningsByObject}. */
interface Memory {
  readonly format: 2;
  readonly objects: WarningsByObject;
  /** Where an object was listed as a part of something when it was compiled, relative to the directory. */
  readonly listings: Readonly<Record<string, string>>;
}

/** The log of a make that has not been read into the memory yet; it is there only while make runs, or after a crash. */
export function pendingLog(place: BuildPlace): string {
  return ownFile(place, 'build.log');
}

async function recall(place: BuildPlace): Promise<Memory> {
  const found = (await readJson(ownFile(place, 'warnings.json'))) as Memory | undefined;
  return found?.format === 2 ? found : { format: 2, objects: {}, listings: {} };
}

/**
 * Reads the pending log into the directory's memory. Called after each make, however it ended, and before one, for a
 * make whose program was killed.
 */
export async function absorbLog(place: BuildPlace): Promise<void> {
  const { directory } = place;
  const log = await readText(pendingLog(place));
  if (log === undefined) return;
  const roots = (await readJson(ownFile(place, 'roots.json'))) as LogRoots | undefined;
  const reading = readBuildLog(log, roots ?? { worktree: directory, directory });
  const before = await recall(place);
  const findings = reading.findings.filter((finding) => !isOfKconfig(finding));
  const objects = foldWarnings(before.objects, { ...reading, findings });
  const listings: Record<string, string> = {};
  for (const object of Object.keys(objects)) {
    const listing = reading.made.has(object) ? await findListing(directory, object) : before.listings[object];
    if (listing !== undefined) listings[object] = listing;
  }
  await writeJson(ownFile(place, 'warnings.json'), { format: 2, objects, listings } satisfies Memory);
  await removePath(pendingLog(place));
}

/**
 * The warnings of everything that is a part of the kernel now. What was compiled at another point and is no longer
 * linked stays in memory, for it may come back without being compiled again.
 */
export async function currentWarnings(place: BuildPlace, worktree: string): Promise<BuildFinding[]> {
  const { directory } = place;
  const { objects, listings } = await recall(place);
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
