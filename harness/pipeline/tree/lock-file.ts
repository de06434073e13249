import path from 'node:path';
import { readText } from '../../host/files/read.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import {
  HostError,
  type LockedTree,
  type PreparedTree,
  type Project,
  type TreeRecipe,
  UserError,
} from '../../model/index.ts';
import { type LockFile, lockFileName, parseLock, printLock } from '../../tree/lock.ts';

function lockPath(project: Pick<Project, 'directory'>): string {
  return path.join(project.directory, lockFileName);
}

async function readLock(project: Pick<Project, 'directory'>): Promise<LockFile | undefined> {
  const file = lockPath(project);
  const text = await readText(file);
  return text === undefined ? undefined : parseLock(text, file);
}

/**
 * The recipe bound to what the lock file beside the project file holds: {@link fetchTree} then takes that, or refuses.
 *
 * @throws UserError when there is no lock file or the tree is not in it
 */
export async function lockRecipe(project: Pick<Project, 'directory'>, recipe: TreeRecipe): Promise<TreeRecipe> {
  const lock = await readLock(project);
  const locked = lock?.trees[recipe.name];
  if (locked !== undefined) return { ...recipe, locked };
  const file = lockPath(project);
  const problem = lock === undefined ? `there is no ${file}` : `${file} has no tree ${recipe.name}`;
  throw new UserError(`--locked: ${problem}`, {
    code: 'QB-LOCKED',
    hint: `write it with: quiltboot lock ${recipe.name}`,
  });
}

/** Writes what a prepared tree was resolved to into the lock file; other trees in it stay. Resolves with what was there. */
export async function writeLock(
  project: Pick<Project, 'directory'>,
  { name, resolved, source, key }: PreparedTree,
): Promise<LockedTree | undefined> {
  if (source === undefined) {
    throw new HostError(`cannot lock ${name}: its source could not be resolved`, {
      hint: 'run it again when the network is back',
      retryable: true,
    });
  }
  const { trees = {} } = (await readLock(project)) ?? {};
  await writeFileAtomic(
    lockPath(project),
    printLock({ version: 1, trees: { ...trees, [name]: { resolved, source, key } } }),
  );
  return trees[name];
}
