import path from 'node:path';
import { exists } from '../../host/files/kind.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { gitTool } from '../../host/git/git.ts';
import { findCommand } from '../../host/make/toolchain.ts';
import { familyOf, nameOfBranch, newProject } from '../../import/index.ts';
import { type BootTarget, UserError } from '../../model/index.ts';
import { kernelVersion } from '../../tree/version.ts';
import { projectFileName } from '../project.ts';
import { hostBootTargets } from '../targets.ts';
import { type Git, nearbySuites } from './nearby-suites.ts';

export interface CheckoutRequest {
  /** A directory in the work tree; absolute. */
  readonly cwd: string;
  /** What the branch was begun at, instead of what is found out. */
  readonly base?: string;
  /** Replace a project file that is there. */
  readonly force?: boolean;
}

export interface CheckoutProject {
  /** Absolute path of the project file that was written. */
  readonly file: string;
  /** What was decided, a sentence each. */
  readonly decisions: readonly string[];
}

/** Names for what branches are begun at, by which the nearest is looked for. */
const usualBases = ['@{upstream}', 'origin/HEAD', 'origin/master', 'origin/main', 'master', 'main'];
/** Suites of touched directories beyond this are not listed: a glob says it shorter. */
const mostSuites = 20;

function gitIn(cwd: string, signal: AbortSignal): Git {
  return async (...words) => {
    const result = await gitTool(cwd, words, { signal });
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  };
}

/** The commit that the branch was begun at, and how it was found. */
async function findBase(
  git: Git,
  chosen: string | undefined,
): Promise<{ readonly commit: string; readonly by: string }> {
  if (chosen !== undefined) {
    const commit = await git('merge-base', chosen, 'HEAD');
    if (commit !== undefined && commit !== '') return { commit, by: `where it leaves ${chosen}` };
    throw new UserError(`the branch has no commit in common with ${chosen}`, {
      code: 'QB-REVISION',
      hint: 'name the branch or tag that it was begun at: quiltboot init --base v6.1',
    });
  }
  const head = await git('rev-parse', 'HEAD');
  for (const name of usualBases) {
    const commit = await git('merge-base', name, 'HEAD');
    if (commit !== undefined && commit !== '' && commit !== head) return { commit, by: `where it leaves ${name}` };
  }
  const tag = await git('describe', '--tags', '--abbrev=0', 'HEAD');
  const commit = tag === undefined ? undefined : await git('rev-parse', `${tag}^{commit}`);
  if (tag !== undefined && commit !== undefined && commit !== head) return { commit, by: `the nearest tag, ${tag}` };
  throw new UserError('the branch has no commits of its own', {
    code: 'QB-REVISION',
    hint: 'commit something, or name what it was begun at: quiltboot init --base v6.1',
  });
}

async function usableTargets(): Promise<{
  readonly usable: readonly BootTarget[];
  readonly lacking: readonly string[];
}> {
  const usable: BootTarget[] = [];
  const lacking: string[] = [];
  for (const target of hostBootTargets) {
    const { name, crossCompile, qemu } = target;
    const tools = [`${crossCompile}gcc`, `${crossCompile}ld`, qemu.binary];
    const found = await Promise.all(tools.map((tool) => findCommand(tool)));
    const missing = tools.filter((_, index) => found[index] === undefined);
    if (missing.length === 0) usable.push(target);
    else lacking.push(`${name} (no ${missing.join(', ')})`);
  }
  return { usable, lacking };
}

/**
 * Writes a project file for the branch of a kernel work tree, at its top, and tells what it decided.
 *
 * @throws UserError where there is no kernel work tree, the branch has no commits of its own, or a project file is there
 */
export async function initCheckout(
  { cwd, base, force }: CheckoutRequest,
  signal: AbortSignal,
): Promise<CheckoutProject> {
  const root = await gitIn(cwd, signal)('rev-parse', '--show-toplevel');
  const isKernel = root !== undefined && (await exists(path.join(root, 'Kbuild')));
  if (root === undefined || !isKernel) {
    throw new UserError(`${cwd} is not in the work tree of a kernel`, {
      code: 'QB-PATH',
      hint: 'run it in a git checkout of Linux; for patches in files there is: quiltboot import',
    });
  }
  const git = gitIn(root, signal);
  const file = path.join(root, projectFileName);
  if (!force && (await exists(file))) {
    throw new UserError(`${file} is there already`, { code: 'QB-PATH', hint: 'change it, or replace it by --force' });
  }
  const { commit, by } = await findBase(git, base);
  const version = kernelVersion((await git('show', `${commit}:Makefile`)) ?? '');
  if (version === undefined) {
    throw new UserError(`the Makefile of ${commit.slice(0, 12)} tells no kernel version`, { code: 'QB-PATH' });
  }
  const branch = (await git('symbolic-ref', '--short', '-q', 'HEAD')) ?? (await git('rev-parse', 'HEAD')) ?? 'HEAD';
  const count = (await git('rev-list', '--count', `${commit}..HEAD`)) ?? '?';
  const { usable, lacking } = await usableTargets();
  if (usable.length === 0) {
    throw new UserError('no target can be built and booted here', {
      hint: `run: quiltboot doctor\n${lacking.join('\n')}`,
    });
  }
  const names = usable.map(({ name }) => name);
  const { kunit, kselftest, without } = await nearbySuites(git, { root, commit, targets: usable }, signal);
  const suites = [...kselftest, ...kunit];
  const listed = suites.slice(0, mostSuites);
  const series = nameOfBranch(branch);
  const parts = { series, base: familyOf(version), commit, branch, targets: names, suites: listed };
  await writeFileAtomic(file, newProject(parts));
  const more = suites.length - listed.length;
  return {
    file,
    decisions: [
      `tree: Linux ${version}, commit ${commit.slice(0, 12)} (${by}; --base REF takes another)`,
      `series: ${series}, the ${count} commits of ${branch} from there on, as it moves`,
      `targets: ${names.join(', ')}${lacking.length === 0 ? '' : `; not ${lacking.join('; ')}`}`,
      'configuration: the fragments that come with quiltboot, for a small guest',
      suites.length === 0
        ? `tests: none${without === undefined ? '; what it touches has no KUnit suite and no kselftest' : ''}`
        : `tests: ${listed.join(' ')}${more > 0 ? ` (and ${more} more, which are left out)` : ''}`,
      ...(without === undefined ? [] : [`tests: ${without}`]),
    ],
  };
}
