import type { GitPlace } from '../../host/git/git.ts';
import { collectRejects, isApplied } from '../../host/git/patch.ts';
import type { Cause, Patch } from '../../model/index.ts';
import { describeHunk, firstRefusal, parseReject, parseRejectLog, type RejectedHunk } from '../../series/reject.ts';

const shownHunks = 3;

/** Why a patch does not apply to an index: the file, the hunk, and what the tree has in its place. */
export async function explainRefusal(request: {
  readonly place: GitPlace;
  readonly patch: Patch;
  /** The diff of the patch, as a file. */
  readonly diff: string;
  readonly stderr: string;
  readonly signal: AbortSignal;
}): Promise<Cause> {
  const { place, patch, diff, stderr, signal } = request;
  const name = `patch ${patch.index} (${patch.name})`;
  if (await isApplied(place, diff, signal)) {
    const summary = `${name} does not apply: the tree has its changes already`;
    return { blame: 'kernel', summary, excerpt: stderr.trim().split('\n').slice(0, 10) };
  }
  const report = await collectRejects(place, diff, patch.files, signal);
  const numbers = parseRejectLog(report.stderr);
  const hunks: RejectedHunk[] = [...report.rejects].flatMap(([file, text]) =>
    parseReject(text, file, numbers.get(file) ?? []),
  );
  const [first] = hunks;
  if (first === undefined) {
    const refusal = firstRefusal(stderr);
    const where = refusal.file === undefined ? '' : `${refusal.file}: `;
    const text = refusal.text.replace(' in index', ' in the tree');
    return {
      blame: 'kernel',
      summary: `${name} does not apply: ${where}${text}`,
      excerpt: stderr.trim().split('\n').slice(0, 10),
    };
  }
  const others = hunks.length - 1;
  const more = others === 0 ? '' : `, and ${others} more ${others === 1 ? 'hunk' : 'hunks'}`;
  return {
    blame: 'kernel',
    summary: `${name} does not apply: ${first.file}, hunk ${first.number ?? '?'} at line ${first.line}${more}`,
    excerpt: hunks.slice(0, shownHunks).flatMap((hunk) => describeHunk(hunk, report.texts.get(hunk.file))),
  };
}
