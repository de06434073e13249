import { UserError } from '../model/index.ts';
import { scanDiff } from './diff.ts';
import { linkStaysInside, pathProblem } from './paths.ts';

/** Git's mode of a commit of another repository that stands in a tree. */
const submoduleMode = '160000';

export interface PatchToCheck {
  /** For messages. */
  readonly file: string;
  readonly diff: string;
  /** The paths that git reads from the diff, and what it says when it can't. */
  readonly paths: readonly string[];
  readonly problem: string | undefined;
  /** The title with its brackets, as the mail has it. */
  readonly subject?: string;
}

/** A file or a title of a cover letter: git's names of both, and `[PATCH 0/4]`. */
const cover = /(?:^|\/)(?:v\d+-)?0000-|cover-letter|\[[^\]]*\b0+\/\d+[^\]]*\]|\*\*\* SUBJECT HERE \*\*\*/i;

/**
 * The paths that a patch touches, sorted: old and new names.
 *
 * Throws UserError for a patch that is of no use (no diff, Windows line ends, damaged) or that reaches out of the tree.
 */
export function checkPatch({ file, diff, paths, problem, subject }: PatchToCheck): string[] {
  const location = { file };
  const scan = scanDiff(diff);
  if (scan.crlfLine !== undefined) {
    throw new UserError('the patch has Windows line ends (CR LF), so that none of its lines agrees with the tree', {
      code: 'QB-QUEUE',
      location,
      hint: `turn them into LF: sed -i 's/\\r$//' ${file}`,
    });
  }
  if (/No valid patches in input/.test(problem ?? '') || (problem === undefined && scan.files.length === 0)) {
    if (cover.test(file) || cover.test(subject ?? '')) {
      throw new UserError('this is a cover letter, not a patch: it has no diff', {
        code: 'QB-QUEUE',
        location,
        hint: 'leave it out of the series file',
      });
    }
    throw new UserError('the patch has no diff in it', {
      code: 'QB-QUEUE',
      location,
      hint: 'it must hold a unified diff with a/ and b/ before the paths, as git format-patch and quilt write it',
    });
  }
  if (problem !== undefined) {
    throw new UserError(`git cannot read the patch: ${problem.replace(/^(error|fatal): /, '').split('\n')[0] ?? ''}`, {
      code: 'QB-QUEUE',
      location,
      hint: 'the diff is damaged (lines count from its beginning), for instance by a mail program; make it again',
    });
  }
  const touched = new Set<string>(paths);
  for (const { from, to, mode, linkTarget } of scan.files) {
    if (from !== undefined) touched.add(from);
    if (to !== undefined) touched.add(to);
    if (mode === submoduleMode && to !== undefined) {
      throw new UserError(`the patch makes ${to} a submodule (mode 160000), for which a kernel tree has no use`, {
        code: 'QB-QUEUE',
        location,
        hint: 'leave that part out of the patch: nothing of a submodule would be in the tree',
      });
    }
    if (to === undefined || linkTarget === undefined || linkStaysInside(to, linkTarget)) continue;
    throw new UserError(`the patch makes ${to} a symbolic link to ${linkTarget}, which is outside of the tree`, {
      code: 'QB-QUEUE',
      location,
    });
  }
  for (const name of touched) {
    const reason = pathProblem(name);
    if (reason === undefined) continue;
    throw new UserError(`the patch touches ${name}, which ${reason}`, {
      code: 'QB-QUEUE',
      location,
      hint: 'a patch may only touch files of the kernel tree, with paths relative to its top',
    });
  }
  return [...touched].sort();
}
