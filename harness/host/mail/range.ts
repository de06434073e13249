import path from 'node:path';
import { UserError } from '../../model/index.ts';
import { isDirectory } from '../files/kind.ts';
import { gitTool } from '../git/git.ts';

/** Commits that a user named, in words of `git rev-list`. */
export interface CommitRange {
  /** Absolute. */
  readonly repository: string;
  readonly words: readonly string[];
  /** As the user said it, or as it was found. */
  readonly text: string;
  /** The commit on which all of them stand; undefined where git can't tell one. */
  readonly base: string | undefined;
  /** How the beginning was found, where the user named only the end. */
  readonly found?: string;
  /** What the repository says of the branch that is its end: a cover letter. */
  readonly description?: BranchDescription;
}

interface BranchDescription {
  readonly text: string;
  /** What b4 keeps beside it, as JSON. */
  readonly tracking?: string;
}

const hint = 'expected git:PATH#A..B, for instance git:../linux#v6.1..my-branch, or git:PATH#BRANCH';

/** Where a topic may have been started: the first that is there and has something else than the topic. */
const mainlines = [
  'refs/remotes/origin/HEAD',
  'main',
  'master',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'HEAD',
];

type Ask = (...args: string[]) => Promise<string | undefined>;

/**
 * Finds out which commits `git:PATH#A..B` or `git:PATH#BRANCH` names. Throws UserError when there is no such repository,
 * commit or range.
 */
export async function findRange(word: string, cwd: string, signal: AbortSignal): Promise<CommitRange> {
  const [, place = '', given] = /^git:([^#]+)(?:#(.*))?$/.exec(word) ?? [];
  const range = given ?? '';
  if (place === '' || range.startsWith('-'))
    throw new UserError(`${word} names no range of commits`, { code: 'QB-IMPORT', hint });
  const repository = path.resolve(cwd, place);
  if (!(await isDirectory(repository)))
    throw new UserError(`there is no repository ${place}`, { code: 'QB-PATH', hint });
  const ask: Ask = async (...args) => {
    const { exitCode, stdout } = await gitTool(repository, args, { signal });
    return exitCode === 0 ? stdout.trim() : undefined;
  };
  if ((await ask('rev-parse', '--git-dir')) === undefined)
    throw new UserError(`${place} is not a git repository`, { code: 'QB-IMPORT', hint });
  const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/.exec(range) ?? [];
  const described = await descriptionOf(dots === undefined ? range : (to ?? ''), ask);
  const description = described === undefined ? {} : { description: described };
  if (dots === undefined) return { ...(await topicRange(repository, place, range, ask)), ...description };
  const ends = await Promise.all(
    [from, to].map((end) => ask('rev-parse', '--verify', '--quiet', `${end || 'HEAD'}^{commit}`)),
  );
  const [first, last] = ends;
  if (first === undefined || last === undefined) {
    const missing = first === undefined ? from : to;
    throw new UserError(`there is no range ${range} in ${place}`, {
      code: 'QB-IMPORT',
      hint: `it has no commit ${missing ?? ''}\n${hint}`,
    });
  }
  const bases = (await ask('merge-base', '--all', first, last))?.split('\n') ?? [];
  const base = bases.length === 1 ? bases[0] : undefined;
  return { repository, words: [`^${first}`, last], text: range, base, ...description };
}

/** The description of a branch, where somebody wrote one: `git branch --edit-description` and `b4 prep` do. */
async function descriptionOf(end: string, ask: Ask): Promise<BranchDescription | undefined> {
  const branch = await ask('rev-parse', '--abbrev-ref', end === '' ? 'HEAD' : end);
  if (!branch || branch === 'HEAD') return undefined;
  const text = await ask('config', '--local', '--get', `branch.${branch}.description`);
  if (!text) return undefined;
  const tracking = await ask('config', '--local', '--get', `branch.${branch}.b4-tracking`);
  return { text, ...(tracking ? { tracking } : {}) };
}

async function topicRange(repository: string, place: string, name: string, ask: Ask): Promise<CommitRange> {
  const topic = name === '' ? 'HEAD' : name;
  const tip = await ask('rev-parse', '--verify', '--quiet', `${topic}^{commit}`);
  if (tip === undefined) throw new UserError(`there is no branch ${topic} in ${place}`, { code: 'QB-IMPORT', hint });
  const short = (await ask('rev-parse', '--abbrev-ref', topic)) || topic;
  const range = (base: string, found: string): CommitRange => ({
    repository,
    words: [`^${base}`, tip],
    text: `${base.slice(0, 12)}..${short}`,
    base,
    found,
  });
  const cover = await coverCommit(short, tip, ask);
  if (cover !== undefined) return range(cover, 'the commit below the cover letter of b4');
  // A branch of the same name is a copy of the topic, not what it stands on.
  const upstream = await ask('rev-parse', '--abbrev-ref', `${short}@{upstream}`);
  const followed = upstream === undefined || upstream.endsWith(`/${short}`) ? [] : [upstream];
  for (const ref of [...followed, ...mainlines]) {
    const base = await ask('merge-base', ref, tip);
    if (base === undefined || base === tip) continue;
    const shown = (await ask('rev-parse', '--abbrev-ref', ref)) || ref;
    return range(base, `where it leaves ${shown}`);
  }
  const tag = await ask('describe', '--tags', '--abbrev=0', `${tip}^`);
  const tagged = tag === undefined ? undefined : await ask('rev-parse', '--verify', '--quiet', `${tag}^{commit}`);
  if (tag !== undefined && tagged !== undefined) return range(tagged, `the tag ${tag} below it`);
  throw new UserError(`it is unclear where ${short} begins in ${place}`, {
    code: 'QB-IMPORT',
    hint: `it has no upstream, no main branch beside it and no tag below it; name the first commit as well: git:${place}#BASE..${short}`,
  });
}

/**
 * The commit below the one in which `b4 prep` keeps the cover letter of a branch. Where that one is the tip, what stands
 * below it is the series.
 */
async function coverCommit(branch: string, tip: string, ask: Ask): Promise<string | undefined> {
  if (!branch.startsWith('b4/')) return undefined;
  const cover = await ask('rev-list', '-1', '--grep=^--- b4-submit-tracking ---$', tip);
  return cover && cover !== tip ? ask('rev-parse', '--verify', '--quiet', `${cover}^`) : undefined;
}
