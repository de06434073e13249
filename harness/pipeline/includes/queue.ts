import path from 'node:path';
import { mustReadText } from '../../host/files/read.ts';
import { withScratch } from '../../host/files/scratch.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { mustGit } from '../../host/git/git.ts';
import { applyToIndex, type Commit } from '../../host/git/patch.ts';
import { fileDiff, withInclude } from '../../includes/index.ts';
import {
  type Context,
  type Patch,
  type PreparedTree,
  type QueueFix,
  type Series,
  type SeriesSpec,
  UserError,
} from '../../model/index.ts';
import { insertAfter, replaceSection } from '../../series/amend.ts';
import { makePoints, type Point } from '../series/points.ts';
import { readSeries } from '../series/read.ts';

/** How an include gets into a queue: into the patch that needs it, or as a follow-up patch. */
export type FixMode = 'amend' | 'patch';

/** What stands for bytes that are no UTF-8: such a text can't be written back as it was. */
const undecodable = '\ufffd';

export interface QueueChange {
  readonly tree: PreparedTree;
  /** With the directory to change. */
  readonly spec: SeriesSpec;
  /** In the order of the series. */
  readonly fixes: readonly QueueFix[];
  readonly mode: FixMode;
}

/** Changes a queue (a copy, for a trial); resolves with the names of the files that were written. */
export async function changeQueue({ tree, spec, fixes, mode }: QueueChange, context: Context): Promise<string[]> {
  const written = new Set<string>();
  for (const fix of fixes) {
    // Each fix changes the trees after it, so the points are made again.
    const series = await readSeries(spec, context.signal);
    const points = await makePoints(tree, series, context);
    const patch = series.patches.find(({ name }) => name === fix.patch);
    const after = patch && points[patch.index]?.commit;
    if (!patch || !after) throw new Error(`${fix.patch} does not apply`);
    const fixed = await withIncludes(tree, after, fix, context.signal);
    if (fixed.diff === undefined) continue;
    const directory = spec.directory ?? '';
    if (mode === 'amend') {
      await amend(tree, patch, fix, [points[patch.index - 1]?.commit?.tree ?? '', fixed.tree], context.signal);
      written.add(patch.name);
    } else {
      const name = fixName(patch.name, series.patches);
      await writeFileAtomic(path.join(directory, name), mailOf(fix, patch, fixed.diff));
      const list = path.join(directory, 'series');
      await writeFileAtomic(list, insertAfter(await mustReadText(list), patch.name, name));
      written.add(name).add('series');
    }
    for (const name of await refreshLater({ tree, spec, fix, series, points }, context)) written.add(name);
  }
  return [...written];
}

/**
 * A later patch with the place of the include in its context does not apply any more. What it changes is the same as
 * before, so its part for the file is made again, from the file with the includes before and after it.
 */
async function refreshLater(
  {
    tree,
    spec,
    fix,
    series,
    points,
  }: {
    readonly tree: PreparedTree;
    readonly spec: SeriesSpec;
    readonly fix: QueueFix;
    /** The series and its points as they were. */
    readonly series: Series;
    readonly points: readonly Point[];
  },
  context: Context,
): Promise<string[]> {
  const refreshed: string[] = [];
  for (;;) {
    const now = await readSeries(spec, context.signal);
    const refused = (await makePoints(tree, now, context)).find(({ result }) => result.outcome === 'fail');
    const patch = now.patches.find(({ index }) => index === refused?.result.point);
    const index = series.patches.find(({ name }) => name === patch?.name)?.index ?? 0;
    const [before, after] = [points[index - 1]?.commit, points[index]?.commit];
    if (!patch || !before || !after || refreshed.includes(patch.name) || !patch.files.includes(fix.file))
      return refreshed;
    const trees = [
      (await withIncludes(tree, before, fix, context.signal)).tree,
      (await withIncludes(tree, after, fix, context.signal)).tree,
    ] as const;
    await amend(tree, patch, fix, trees, context.signal);
    refreshed.push(patch.name);
  }
}

/** Replaces a patch's part for the file by the difference between two trees. */
async function amend(
  { repository }: PreparedTree,
  patch: Patch,
  { file }: QueueFix,
  [from, to]: readonly [string, string],
  signal: AbortSignal,
): Promise<void> {
  const args = ['diff-tree', '-p', '--no-renames', '--no-color', from, to, '--', file];
  const section = await mustGit({ repository }, args, `comparing ${file}`, { signal });
  const before = await mustReadText(patch.path);
  const text = before.includes(undecodable) ? undefined : replaceSection(before, file, section);
  if (text === undefined) {
    throw new UserError(`the part of ${file} can't be changed in this patch: it is encoded, or renames the file`, {
      code: 'QB-QUEUE',
      location: { file: patch.path },
      hint: 'use --fix=patch, which adds a patch of its own',
    });
  }
  await writeFileAtomic(patch.path, text);
}

function fixName(patch: string, others: readonly Patch[]): string {
  const [, stem = patch, ending = ''] = /^(.*?)(\.patch|\.diff)?$/.exec(patch) ?? [];
  const taken = new Set(others.map(({ name }) => name));
  for (let number = 1; ; number += 1) {
    const name = `${stem}-fix-includes${number === 1 ? '' : `-${number}`}${ending}`;
    if (!taken.has(name)) return name;
  }
}

function mailOf({ file, includes }: QueueFix, patch: Patch, diff: string): string {
  const list = includes.map((include) => `  ${include}`).join('\n');
  return [
    'From: quiltboot <quiltboot@localhost>',
    `Subject: [PATCH] ${path.basename(file)}: include what it uses`,
    '',
    `Since "${patch.subject}" ${file} uses what these headers declare, and`,
    'not every architecture and configuration brings them in by way of others:',
    '',
    list,
    '---',
    diff,
  ].join('\n');
}

/** A commit's tree with the includes in the file, and the change as a diff; without one when they are there already. */
async function withIncludes(
  { repository }: PreparedTree,
  commit: Commit,
  { file, includes }: QueueFix,
  signal: AbortSignal,
): Promise<{ readonly tree: string; readonly diff?: string }> {
  return withScratch({ purpose: 'queue' }, async (scratch) => {
    const place = { repository, index: path.join(scratch, 'index') };
    const text = await mustGit(place, ['cat-file', 'blob', `${commit.commit}:${file}`], `reading ${file}`, { signal });
    if (text.includes(undecodable)) {
      throw new UserError(`${file} is not UTF-8, so quiltboot does not change it`, {
        code: 'QB-QUEUE',
        hint: `add the includes by hand: ${includes.join(' ')}`,
      });
    }
    const changed = includes.reduce(withInclude, text);
    if (changed === text) return { tree: commit.tree };
    const diff = fileDiff(file, text, changed);
    const diffFile = path.join(scratch, 'diff');
    await writeFileAtomic(diffFile, diff);
    await mustGit(place, ['read-tree', commit.commit], 'reading a point', { signal });
    const applied = await applyToIndex(place, [diffFile], { signal });
    if (applied.exitCode !== 0)
      throw new UserError(`cannot add the includes to ${file}: ${applied.stderr.trim()}`, { code: 'QB-QUEUE' });
    return { tree: (await mustGit(place, ['write-tree'], 'writing a git tree', { signal })).trim(), diff };
  });
}
