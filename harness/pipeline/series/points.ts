import path from 'node:path';
import { withScratch } from '../../host/files/scratch.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { type GitPlace, mustGit } from '../../host/git/git.ts';
import { changesLinks, treeLinks } from '../../host/git/links.ts';
import { type Commit, commitIndex, splitMail } from '../../host/git/patch.ts';
import { readRefs, writeRefs } from '../../host/git/refs.ts';
import {
  type ApplyResult,
  type Context,
  escapingLinks,
  type Patch,
  type PreparedTree,
  type Series,
  type TreeLink,
  UserError,
} from '../../model/index.ts';
import { chainIds } from '../../series/chain.ts';
import { describeLoose } from '../../series/loose.ts';
import { commitMessage, gitDate } from '../../series/mail.ts';
import { locked } from '../locked.ts';
import { applyLoosely } from './loose.ts';
import { explainRefusal } from './refusal.ts';

/** A point of a series in the tree's repository; without a commit where it could not be made. */
export interface Point {
  readonly result: ApplyResult;
  readonly commit?: Commit;
}

const basePrefix = 'refs/heads/';
const pointPrefix = 'refs/points/';

/**
 * Makes (or finds) the commits of all points, the base included, without touching a work tree. The first patch that
 * does not apply is a result; the points after it are not run.
 */
export async function makePoints(tree: PreparedTree, series: Series, context: Context): Promise<Point[]> {
  const ids = chainIds(tree.commit, series.patches, series.fuzz);
  // Where a patch may fit loosely every run has to tell it, and only applying it shows it.
  const asked = (series.fuzz ?? 0) === 0 ? ids : [];
  const known = await knownPoints(tree, asked, context.signal);
  if (known.length === ids.length + 1) return known;
  return locked(context, { name: `points-${tree.key}`, purpose: `applying series ${series.name}` }, async () => {
    // Another process may have made them while this one waited.
    const points = await knownPoints(tree, asked, context.signal);
    return points.length === ids.length + 1 ? points : extend(tree, series, ids, points, context);
  });
}

async function knownPoints(tree: PreparedTree, ids: readonly string[], signal: AbortSignal): Promise<Point[]> {
  const base = (await readRefs(tree.repository, basePrefix, signal)).get('base');
  const refs = ids.length === 0 ? new Map<string, Commit>() : await readRefs(tree.repository, pointPrefix, signal);
  if (base === undefined) throw new UserError(`${tree.repository} is not a prepared tree`, { code: 'QB-QUEUE' });
  const commits = [base];
  for (const id of ids) {
    const commit = refs.get(id);
    if (commit === undefined) break;
    commits.push(commit);
  }
  return commits.map((commit, point) => passed(point, commit, 0, true));
}

function passed(point: number, commit: Commit, ms: number, reused: boolean): Point {
  return { result: { stage: 'apply', point, outcome: 'pass', commit: commit.commit, ms, reused }, commit };
}

async function extend(
  tree: PreparedTree,
  { patches, fuzz = 0 }: Series,
  ids: readonly string[],
  known: readonly Point[],
  { signal, emit }: Context,
): Promise<Point[]> {
  return withScratch({ purpose: 'series' }, async (scratch) => {
    const place = { repository: tree.repository, index: path.join(scratch, 'index') };
    const points = [...known];
    const made = new Map<string, string>();
    let last = known.at(-1)?.commit;
    await mustGit(place, ['read-tree', last?.commit ?? tree.commit], 'reading the base', { signal });
    for (const patch of patches.slice(known.length - 1)) {
      const started = performance.now();
      const diff = path.join(scratch, 'diff');
      const mail = await splitMail(patch.path, signal);
      await writeFileAtomic(diff, mail.diff);
      const { result: applied, loose } = await applyLoosely(place, diff, fuzz, signal);
      const ms = Math.round(performance.now() - started);
      if (applied.exitCode !== 0) {
        const cause = await explainRefusal({ place, patch, diff, stderr: applied.stderr, signal });
        points.push({ result: { stage: 'apply', point: patch.index, outcome: 'fail', ms, reused: false, cause } });
        break;
      }
      for (const hunk of loose) {
        const text = describeLoose(`patch ${patch.index} (${patch.name})`, hunk);
        emit({ type: 'note', level: 'warning', text });
      }
      const commit = await commitPatch(place, patch, mail.body, last?.commit ?? tree.commit, signal);
      if (last !== undefined) await refuseEscapingLinks(place, patch, last.tree, commit.tree, signal);
      points.push(passed(patch.index, commit, ms, false));
      const id = ids[patch.index - 1];
      if (id !== undefined) made.set(id, commit.commit);
      last = commit;
    }
    await writeRefs(tree.repository, pointPrefix, made, signal);
    return [...points, ...patches.slice(points.length - 1).map((patch) => notRun(patch.index, points.length - 1))];
  });
}

function notRun(point: number, failed: number): Point {
  const summary = `not run: patch ${failed} does not apply`;
  const cause = { blame: 'kernel', summary, excerpt: [] } as const;
  return { result: { stage: 'apply', point, outcome: 'not-run', ms: 0, reused: false, cause } };
}

async function commitPatch(
  place: GitPlace,
  patch: Patch,
  body: string,
  parent: string,
  signal: AbortSignal,
): Promise<Commit> {
  const message = commitMessage(patch.subject, body);
  return commitIndex(place, { parent, message, author: patch.author, date: gitDate(patch.date, 0) }, signal);
}

/**
 * git has the last word on what a patch made; a link out of the tree would let whoever reads the work tree read what it
 * names. A link that comes or goes may turn another one that was harmless.
 */
async function refuseEscapingLinks(
  place: GitPlace,
  patch: Patch,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  if (!(await changesLinks(place, from, to, signal))) return;
  const before = new Set(escapingLinks(await treeLinks(place, from, signal)).map(nameOfLink));
  const escaping = escapingLinks(await treeLinks(place, to, signal)).filter((link) => !before.has(nameOfLink(link)));
  const [link] = escaping;
  if (!link) return;
  throw new UserError(`the patch makes ${link.path} a symbolic link to ${link.target}, which is outside of the tree`, {
    code: 'QB-QUEUE',
    location: { file: patch.path },
    hint: 'links of a tree must stay inside of it, followed through all others',
  });
}

function nameOfLink({ path: name, target }: TreeLink): string {
  return `${name}\0${target}`;
}
