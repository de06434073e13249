import { createHash } from 'node:crypto';
import path from 'node:path';
import { UserError } from '../../model/index.ts';
import { mustHaveRoom } from '../files/free-space.ts';
import { readHostileText, readPlain, tryHostile } from '../files/hostile.ts';
import { HostileFile } from '../files/hostile-errors.ts';
import { mustReadBytes, mustReadText } from '../files/read.ts';
import { withScratch } from '../files/scratch.ts';
import type { CommandResult } from '../process.ts';
import { type GitPlace, gitFailure, gitTool, mustGit, mustHaveGitRoom, runGit } from './git.ts';

/** A patch file as git's mail reader splits it. */
export interface SplitMail {
  /** What `git mailinfo` prints: author, subject, date. */
  readonly head: string;
  /** The message below the subject. */
  readonly body: string;
  /** The diff, transfer encoding undone, otherwise byte for byte. */
  readonly diff: Uint8Array;
  /** sha256 of the patch file, in hex. */
  readonly hash: string;
}

/** Most bytes of a patch; the largest of the kernel's releases has a third of it. */
const patchLimit = 2 ** 28;

/** Splits a mail-formatted (or bare) patch with git, from its raw bytes. */
export async function splitMail(file: string, signal: AbortSignal): Promise<SplitMail> {
  const bytes = await readPlain(file, patchLimit).catch((error: unknown) => {
    if (error instanceof HostileFile) throw new UserError(error.message, { code: 'QB-REVISION', location: { file } });
    throw error;
  });
  return withScratch({ purpose: 'patch' }, async (scratch) => {
    const result = await gitTool(scratch, ['mailinfo', 'body', 'diff'], { input: bytes, signal });
    // git writes what fits.
    await mustHaveRoom(scratch, bytes.length);
    // A mail without any content is a failure to git; here it is a patch with an empty diff, which others refuse.
    const empty = result.stderr.includes('empty patch');
    if (result.exitCode !== 0 && !empty) throw gitFailure(result, `reading the mail ${file}`);
    return {
      head: result.stdout,
      body: await mustReadText(path.join(scratch, 'body')),
      diff: await mustReadBytes(path.join(scratch, 'diff')),
      hash: createHash('sha256').update(bytes).digest('hex'),
    };
  });
}

/** The paths (new names) that git itself reads from a diff; `problem` is what it says when it can't read it. */
export async function diffPaths(
  diff: Uint8Array,
  signal: AbortSignal,
): Promise<{ readonly paths: readonly string[]; readonly problem: string | undefined }> {
  return withScratch({ purpose: 'patch' }, async (scratch) => {
    const result = await gitTool(scratch, ['apply', '--numstat', '-z', '-'], { input: diff, signal });
    if (result.exitCode !== 0) return { paths: [], problem: result.stderr.trim() };
    const paths = result.stdout.split('\0').flatMap((record) => record.split('\t')[2] ?? []);
    return { paths, problem: undefined };
  });
}

export interface ApplyOptions {
  readonly signal: AbortSignal;
  /** Lines of context that must match; all of them when not given. */
  readonly context?: number;
}

/** Applies patches, in order and all or none, to an index alone. Another status than 0 is a result; a full disk is a HostError. */
export async function applyToIndex(
  place: GitPlace,
  patches: readonly string[],
  options: ApplyOptions,
): Promise<CommandResult> {
  // With -v git says for which file it reduced the context.
  const context = options.context === undefined ? [] : ['-v', `-C${options.context}`];
  const args = ['apply', '--cached', '--whitespace=nowarn', '--allow-empty', ...context, ...patches];
  const result = await runGit(place, args, { signal: options.signal });
  if (result.exitCode !== 0) await mustHaveGitRoom(place, 'applying patches');
  return result;
}

/** Whether a diff is in the index already, so that it could be taken back. */
export async function isApplied(place: GitPlace, patch: string, signal: AbortSignal): Promise<boolean> {
  const result = await runGit(place, ['apply', '--cached', '--check', '--reverse', patch], { signal });
  return result.exitCode === 0;
}

export interface CommitRequest {
  readonly parent?: string;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** In git's form, `@seconds zone`; for author and committer, so that equal content gives equal ids. */
  readonly date: string;
}

export interface Commit {
  readonly commit: string;
  readonly tree: string;
}

/** Commits an index. Nothing but the request and the content decides the commit's id. */
export async function commitIndex(place: GitPlace, request: CommitRequest, signal: AbortSignal): Promise<Commit> {
  const tree = (await mustGit(place, ['write-tree'], 'writing a git tree', { signal })).trim();
  const parent = request.parent === undefined ? [] : ['-p', request.parent];
  const commit = await mustGit(place, ['commit-tree', tree, ...parent], 'making a commit', {
    signal,
    input: request.message,
    env: {
      GIT_AUTHOR_NAME: request.author.name,
      GIT_AUTHOR_EMAIL: request.author.email,
      GIT_AUTHOR_DATE: request.date,
      GIT_COMMITTER_NAME: 'quiltboot',
      GIT_COMMITTER_EMAIL: 'quiltboot@localhost',
      GIT_COMMITTER_DATE: request.date,
    },
  });
  return { commit: commit.trim(), tree };
}

export interface RejectReport {
  readonly stderr: string;
  /** Text of each `.rej` file, by the path that it belongs to. */
  readonly rejects: ReadonlyMap<string, string>;
  /** Text of each touched file as the tree has it. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Most bytes of a file that is shown beside a patch that does not fit. */
const shownLimit = 16 * 2 ** 20;

/**
 * Tries a patch that does not apply on copies of the files that it touches and collects what is refused. Only plain files
 * are copied: a link of the tree could name anything.
 */
export async function collectRejects(
  place: GitPlace,
  patch: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<RejectReport> {
  return withScratch({ purpose: 'patch' }, async (scratch) => {
    const wanted = files.map((file) => `:(literal)${file}`);
    const listed = await mustGit(place, ['ls-files', '-s', '-z', '--', ...wanted], 'listing files', { signal });
    const present = listed.split('\0').flatMap((record) => /^100\d{3} .*?\t(.*)$/s.exec(record)?.[1] ?? []);
    const paths = `${present.join('\0')}${present.length > 0 ? '\0' : ''}`;
    const copies = { ...place, worktree: scratch };
    await mustGit(copies, ['checkout-index', '-z', '--stdin'], 'copying files', { signal, input: paths });
    const texts = new Map<string, string>();
    for (const file of present) texts.set(file, await readText(scratch, file));
    const result = await gitTool(scratch, ['apply', '--reject', '--whitespace=nowarn', '-v', patch], { signal });
    const rejects = new Map<string, string>();
    for (const file of files) {
      const text = await readText(scratch, `${file}.rej`);
      if (text !== '') rejects.set(file, text);
    }
    return { stderr: result.stderr, rejects, texts };
  });
}

async function readText(root: string, file: string): Promise<string> {
  return (await tryHostile(() => readHostileText({ root, file, limit: shownLimit }))) ?? '';
}
