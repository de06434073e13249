import * as z from 'zod';
import { type LockedTree, type TreeRecipe, type TreeSource, UserError } from '../model/index.ts';

export const lockFileName = 'quiltboot.lock';

const schema = z.strictObject({
  version: z.literal(1),
  trees: z.record(z.string(), z.strictObject({ resolved: z.string(), source: z.string(), key: z.string() })),
});

/** What a lock file holds: trees by the names of the project file. */
export type LockFile = z.infer<typeof schema>;

/** Reads the text of a lock file. Throws UserError for anything that quiltboot has not written. */
export function parseLock(text: string, file: string): LockFile {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`${file} is not a lock file of this version of quiltboot`, {
      code: 'QB-LOCKED',
      hint: 'write it with: quiltboot lock',
      cause: error,
    });
  }
}

/** The text of a lock file, with the trees sorted, so that it changes only where a tree does. */
export function printLock({ version, trees }: LockFile): string {
  const sorted = Object.entries(trees).sort(([one], [other]) => (one < other ? -1 : 1));
  return `${JSON.stringify({ version, trees: Object.fromEntries(sorted) }, undefined, 2)}\n`;
}

/** The source with the version or commit of the lock; one that is its own content stays as it is. */
export function pinSource(source: TreeSource, { source: identity }: LockedTree): TreeSource {
  const [kind, first, second] = identity.split(' ');
  if (source.kind === 'debian' && kind === 'debian' && second !== undefined) return { ...source, version: second };
  if (source.kind === 'git' && kind === 'git' && first !== undefined) return { ...source, ref: first };
  return source;
}

/** Whether a source needs nothing of the machine or the network to be told apart: its lock says all of it. */
export function isPinnable({ kind }: TreeSource): boolean {
  return kind === 'debian' || kind === 'git';
}

const cure = 'accept the change with: quiltboot lock; or run without --locked';

/** Throws UserError, which says what differs, for a tree that is not the one of its lock. */
export function checkLocked(
  { name, location }: Pick<TreeRecipe, 'name' | 'location'>,
  locked: LockedTree,
  now: LockedTree,
): void {
  if (now.key === locked.key) return;
  const differs =
    now.source === locked.source
      ? `its source is the locked one (${locked.resolved}), but its patches, quilt layer, queue or fuzz have changed`
      : `locked is ${locked.resolved}, but its source is ${now.resolved} now`;
  throw new UserError(`tree ${name} differs from ${lockFileName}: ${differs}`, {
    code: 'QB-LOCKED',
    hint: cure,
    ...(location === undefined ? {} : { location }),
  });
}
