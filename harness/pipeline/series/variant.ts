import path from 'node:path';
import { hashFile, hashValues } from '../../host/files/hash.ts';
import { withScratch } from '../../host/files/scratch.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { type GitPlace, mustGit, runGit } from '../../host/git/git.ts';
import { applyToIndex, type Commit, commitIndex } from '../../host/git/patch.ts';
import { readRefs, writeRefs } from '../../host/git/refs.ts';
import { type Context, defined, type PreparedTree, type Series, UserError } from '../../model/index.ts';
import { linesEqualTo, removalDiff } from '../../series/variant.ts';
import type { Point } from './points.ts';

const prefix = 'refs/points/';

type Variant = NonNullable<Series['variant']>;

/** What a report says about a run of a variant. */
export function describeVariant(series: Series): string | undefined {
  const { variant } = series;
  if (variant === undefined) return undefined;
  const what =
    variant.remove === undefined
      ? `${path.basename(variant.patch ?? '')} is applied`
      : `${variant.remove.file} lacks the line "${variant.remove.line}"`;
  return `without the fix ${variant.name}: from point ${variant.from} on, ${what}`;
}

/**
 * The points of a series with what its variant takes away taken away from every point that it holds for. A series
 * without a variant keeps its points.
 *
 * @throws UserError when the variant does not fit the point that it begins with
 */
export async function varyPoints(
  tree: PreparedTree,
  series: Series,
  points: readonly Point[],
  context: Context,
): Promise<Point[]> {
  const { variant } = series;
  if (variant === undefined) return [...points];
  const { signal } = context;
  const known = await readRefs(tree.repository, prefix, signal);
  const content = variant.patch === undefined ? variant.remove : await hashFile(variant.patch);
  const made = new Map<string, string>();
  const varied: Point[] = [];
  for (const point of points) {
    if (point.commit === undefined || point.result.point < variant.from) {
      varied.push(point);
      continue;
    }
    const id = hashValues('variant', point.commit.commit, content);
    const commit = known.get(id) ?? (await makeCommit(tree, variant, point.commit, point.result.point, signal));
    if (!known.has(id)) made.set(id, commit.commit);
    varied.push({ result: { ...point.result, commit: commit.commit }, commit });
  }
  await writeRefs(tree.repository, prefix, made, signal);
  return varied;
}

async function makeCommit(
  tree: PreparedTree,
  variant: Variant,
  parent: Commit,
  point: number,
  signal: AbortSignal,
): Promise<Commit> {
  return withScratch({ purpose: 'variant' }, async (scratch) => {
    const place = { repository: tree.repository, index: path.join(scratch, 'index') };
    await mustGit(place, ['read-tree', parent.commit], 'reading a point', { signal });
    const problem = await change(place, variant, parent, scratch, signal);
    // A later patch may have taken away itself what the variant takes away.
    if (problem !== undefined && point === variant.from) {
      throw new UserError(`variant ${variant.name} does not fit point ${point}: ${problem}`, {
        code: 'QB-QUEUE',
        hint: 'fix it in the project file, or leave out --without-fix',
        ...defined({ location: variant.location }),
      });
    }
    if (problem !== undefined) return parent;
    const author = { name: 'quiltboot', email: 'quiltboot@localhost' };
    const message = `without the fix ${variant.name}\n`;
    return commitIndex(place, { parent: parent.commit, message, author, date: '@0 +0000' }, signal);
  });
}

/** Changes the index; resolves with the reason when that is not possible. */
async function change(
  place: GitPlace,
  { remove, patch }: Variant,
  { commit }: Commit,
  scratch: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (remove === undefined) {
    const applied = await applyToIndex(place, [patch ?? ''], { signal });
    return applied.exitCode === 0 ? undefined : `${patch ?? ''} does not apply: ${applied.stderr.trim()}`;
  }
  const { file, line } = remove;
  const blob = await runGit(place, ['cat-file', 'blob', `${commit}:${file}`], { signal });
  if (blob.exitCode !== 0) return `there is no file ${file}`;
  const [number, ...more] = linesEqualTo(blob.stdout, line);
  if (number === undefined) return `${file} has no line "${line}"`;
  if (more.length > 0) return `${file} has the line "${line}" ${more.length + 1} times; give a patch instead`;
  const diff = path.join(scratch, 'diff');
  await writeFileAtomic(diff, removalDiff(file, line, number));
  await mustGit(place, ['apply', '--cached', '--unidiff-zero', diff], `taking a line out of ${file}`, { signal });
  return undefined;
}
