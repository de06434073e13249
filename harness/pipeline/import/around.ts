import path from 'node:path';
import { withScratch } from '../../host/files/scratch.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { tagsAround } from '../../host/git/blobs.ts';
import { mustGit } from '../../host/git/git.ts';
import { applyToIndex, isApplied, splitMail } from '../../host/git/patch.ts';
import type { PreparedTree } from '../../model/index.ts';
import { countApplying } from './applying.ts';

/** A patch of a queue that does not apply, and where else it may. */
export interface Around {
  readonly tree: PreparedTree;
  /** Absolute: the git repository that the tree is of, whose tags are its neighbours. */
  readonly repository?: string;
  /** Commits of the points that were made, the base first. */
  readonly points: readonly string[];
  /** Absolute: the patches of the queue. */
  readonly files: readonly string[];
  /** Number of the patch, from 1. */
  readonly failed: number;
}

/** Tags before and after the tree that are tried, each. */
const tagsEachWay = 4;

/** More patches are not looked at one by one. */
const mostPatches = 200;

/** Which fuzz, which earlier point or which neighbouring tag would take the patch; nothing where none does. */
export async function whereElse(around: Around, signal: AbortSignal): Promise<string> {
  const { tree, repository, points, files, failed } = around;
  const file = files[failed - 1];
  const before = points.at(-1);
  if (file === undefined || before === undefined) return '';
  return withScratch({ purpose: 'around' }, async (scratch) => {
    const diff = path.join(scratch, 'diff');
    await writeFileAtomic(diff, (await splitMail(file, signal)).diff);
    let number = 0;
    const applies = async (commit: string, context?: number): Promise<boolean> => {
      const place = { repository: tree.repository, index: path.join(scratch, `index-${number++}`) };
      await mustGit(place, ['read-tree', commit], 'reading a point', { signal });
      const loose = context === undefined ? {} : { context };
      return (await applyToIndex(place, [diff], { signal, ...loose })).exitCode === 0;
    };
    const said: string[] = [];
    for (const fuzz of [1, 2]) {
      if (!(await applies(before, 3 - fuzz))) continue;
      said.push(`with --fuzz ${fuzz}`);
      break;
    }
    for (let point = points.length - 2; point >= 0; point--) {
      if (!(await applies(points[point] ?? ''))) continue;
      said.push(
        point === 0 ? 'on the tree without the patches before it' : `after ${path.basename(files[point - 1] ?? '')}`,
      );
      break;
    }
    const tag = repository === undefined ? undefined : await tagFor(around, repository, signal);
    if (tag !== undefined) said.push(`on ${tag}`);
    return said.length === 0 ? '' : `; it would ${said.join(', or ')}`;
  });
}

/** The nearest tag to which the queue applies up to this patch. */
async function tagFor(
  { tree, files, failed }: Around,
  repository: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const commit = / ([0-9a-f]{40,64})$/.exec(tree.resolved)?.[1];
  if (commit === undefined) return undefined;
  const diffs: Uint8Array[] = [];
  for (const file of files.slice(0, failed)) diffs.push((await splitMail(file, signal)).diff);
  for (const tag of await tagsAround(repository, commit, tagsEachWay, signal))
    if ((await countApplying(repository, tag, diffs, signal)) === diffs.length) return tag;
  return undefined;
}

/** The patches whose changes the tree has already, where the one that does not apply is one of them. */
export async function alreadyThere({ tree, files, failed }: Around, signal: AbortSignal): Promise<readonly string[]> {
  return withScratch({ purpose: 'around' }, async (scratch) => {
    const place = { repository: tree.repository, index: path.join(scratch, 'index') };
    await mustGit(place, ['read-tree', tree.commit], 'reading the base', { signal });
    const diff = path.join(scratch, 'diff');
    const isThere = async (file: string): Promise<boolean> => {
      await writeFileAtomic(diff, (await splitMail(file, signal)).diff);
      return isApplied(place, diff, signal);
    };
    const first = files[failed - 1];
    if (first === undefined || !(await isThere(first))) return [];
    const there: string[] = [first];
    for (const file of files.slice(failed, failed + mostPatches)) if (await isThere(file)) there.push(file);
    return there;
  });
}
