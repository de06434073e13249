import path from 'node:path';
import { fileDiff, withInclude } from '../diagnosis/index.ts';
import { readText, writeFileAtomic } from '../host/files.ts';
import { type GitPlace, mustGit, withScratchDirectory } from '../host/git.ts';
import { applyToIndex } from '../host/git-patch.ts';
import { type Context, type Patch, type PreparedTree, type SeriesSpec, UserError } from '../model/index.ts';
import { insertAfter, replaceSection } from '../series/amend.ts';
import { makePoints, type Point } from './points.ts';
import { readSeries } from './series.ts';

/** How an include gets into a queue: into the patch that needs it, or as a patch of its own behind it. */
export type FixMode = 'amend' | 'patch';

/** Includes that files lack from a patch on. */
export interface QueueFix {
  /** File name of the patch. */
  readonly patch: string;
  readonly file: string;
  readonly includes: readonly string[];
}

/** What stands for bytes that are no UTF-8: such a text can't be written back as it was. */
const undecodable = '\ufffd';

/** Changes a queue (a copy, for a trial); resolves with the names of the files that were written. */
export async function changeQueue(
  {
    tree,
    spec,
    fixes,
    mode,
  }: {
    readonly tree: PreparedTree;
    /** With the directory to change. */
    readonly spec: SeriesSpec;
    /** In the order of the series. */
    readonly fixes: readonly QueueFix[];
    readonly mode: FixMode;
  },
  context: Context,
): Promise<string[]> {
  const written = new Set<string>();
  for (const fix of fixes) {
    // Each fix changes the trees behind it, so the points are made anew.
    const series = await readSeries(spec, context.signal);
    const points = await makePoints(tree, series, context);
    const patch = series.patches.find(({ name }) => name === fix.patch);
    if (!patch) throw new Error(`${fix.patch} is not in the series`);
    const change = await changeOf(tree, patch, points, fix, context.signal);
    if (change === undefined) continue;
    const directory = spec.directory ?? '';
    if (mode === 'amend') {
      const before = await readText(patch.path);
      const text = before.includes(undecodable) ? undefined : replaceSection(before, fix.file, change.section);
      if (text === undefined) throw cannotAmend(patch, fix);
      await writeFileAtomic(patch.path, text);
      written.add(patch.name);
    } else {
      const name = fixName(patch.name, series.patches);
      await writeFileAtomic(path.join(directory, name), mailOf(fix, patch, change.diff));
      const list = path.join(directory, 'series');
      await writeFileAtomic(list, insertAfter(await readText(list), patch.name, name));
      written.add(name).add('series');
    }
  }
  return [...written];
}

function cannotAmend(patch: Patch, { file }: QueueFix): UserError {
  return new UserError(`the part of ${file} can't be changed in this patch: it is encoded, or renames the file`, {
    location: { file: patch.path },
    hint: 'use --fix=patch, which adds a patch of its own',
  });
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

/** The new part of the patch, and the change alone; undefined when the file has the includes already. */
async function changeOf(
  tree: PreparedTree,
  patch: Patch,
  points: readonly Point[],
  { file, includes }: QueueFix,
  signal: AbortSignal,
): Promise<{ readonly section: string; readonly diff: string } | undefined> {
  const [before, after] = [points[patch.index - 1]?.commit, points[patch.index]?.commit];
  if (!before || !after) throw new Error(`${patch.name} does not apply`);
  return withScratchDirectory(async (scratch) => {
    const place: Required<Pick<GitPlace, 'repository' | 'index'>> = {
      repository: tree.repository,
      index: path.join(scratch, 'index'),
    };
    const text = await mustGit(place, ['cat-file', 'blob', `${after.commit}:${file}`], `reading ${file}`, { signal });
    if (text.includes(undecodable)) {
      throw new UserError(`${file} is not UTF-8, so quiltboot does not change it`, {
        hint: `add the includes by hand: ${includes.join(' ')}`,
      });
    }
    const changed = includes.reduce(withInclude, text);
    if (changed === text) return undefined;
    const diff = fileDiff(file, text, changed);
    const diffFile = path.join(scratch, 'diff');
    await writeFileAtomic(diffFile, diff);
    await mustGit(place, ['read-tree', after.commit], 'reading a point', { signal });
    const applied = await applyToIndex(place, [diffFile], { signal });
    if (applied.exitCode !== 0) throw new UserError(`cannot add the includes to ${file}: ${applied.stderr.trim()}`);
    const fixed = (await mustGit(place, ['write-tree'], 'writing a git tree', { signal })).trim();
    const args = ['diff-tree', '-p', '--no-renames', '--no-color', before.tree, fixed, '--', file];
    return { section: await mustGit(place, args, `comparing ${file}`, { signal }), diff };
  });
}
