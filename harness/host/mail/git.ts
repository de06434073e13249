import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { InterruptedError, UserError } from '../../model/index.ts';
import { withHostErrors } from '../files/errors.ts';
import { isDirectory } from '../files/kind.ts';
import { listDirectory } from '../files/list.ts';
import { withScratch } from '../files/scratch.ts';
import { gitFailure, gitTool } from '../git/git.ts';
import { dyingWithParent } from '../process.ts';

/**
 * The commits of a range (`git:PATH#A..B`), a mail each. Merges are no patches and left out. Throws UserError when there
 * is no such repository or range, or nothing in it.
 */
export async function formatPatches(
  word: string,
  { cwd, signal }: Pick<MailSourceOptions, 'cwd' | 'signal'>,
): Promise<MailFile[]> {
  const [, place = '', range = ''] = /^git:([^#]+)#(.+)$/.exec(word) ?? [];
  const hint = 'expected git:PATH#A..B, for instance git:../linux#v6.1..my-branch';
  if (!range.includes('..') || range.startsWith('-'))
    throw new UserError(`${word} names no range of commits`, { hint });
  const repository = path.resolve(cwd, place);
  if (!(await isDirectory(repository))) throw new UserError(`there is no repository ${place}`, { hint });
  const run = (...args: string[]): ReturnType<typeof gitTool> => gitTool(repository, args, { signal });
  if ((await run('rev-parse', '--git-dir')).exitCode !== 0)
    throw new UserError(`${place} is not a git repository`, { hint });
  const from = await run('merge-base', ...ends(range));
  if (from.exitCode !== 0)
    throw new UserError(`there is no range ${range} in ${place}`, { hint: firstLine(from.stderr) || hint });
  return withScratch({ purpose: 'mail' }, async (scratch) => {
    const form = ['--no-signature', '--full-index', '--binary', '--no-attach', '--no-ext-diff', '--no-textconv'];
    // Files, since the output of a command is decoded and a patch's bytes must stay.
    const output = ['-n', '--pretty=mboxrd', `--base=${from.stdout.trim()}`, '-o', scratch];
    const result = await run('format-patch', ...form, ...output, range, '--');
    if (result.exitCode !== 0) throw gitFailure(result, `reading ${range}`);
    const files: MailFile[] = [];
    for (const name of await listDirectory(scratch)) {
      const text = await withHostErrors(`read ${name}`, () => readFile(path.join(scratch, name), 'latin1'));
      files.push({ name: `${word}/${name}`, text });
    }
    if (files.length === 0) throw new UserError(`there is no commit in ${range} of ${word}`, { hint });
    return files;
  });
}

function ends(range: string): [string, string] {
  const [from = '', to = ''] = range.split(/\.{2,3}/);
  return [`${from || 'HEAD'}^{commit}`, `${to || 'HEAD'}^{commit}`];
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}

/** The bytes of a file in a commit of a bare repository, one character each; undefined where there is no such file. */
export async function readCommitFile(
  repository: string,
  commit: string,
  file: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [command, ...args] = dyingWithParent(['git', 'cat-file', 'blob', `${commit}:${file}`]);
  const result = await execa(command, args, {
    env: { GIT_DIR: repository, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
    encoding: 'latin1',
    stripFinalNewline: false,
    reject: false,
    cancelSignal: signal,
  });
  if (signal.aborted) throw new InterruptedError();
  return result.exitCode === 0 ? result.stdout : undefined;
}

/** A file with mails or patches in it. */
export interface MailFile {
  /** For messages to the user. */
  readonly name: string;
  /** One character for each byte. */
  readonly text: string;
}

export interface MailSourceOptions {
  /** Relative paths start here. */
  readonly cwd: string;
  /** Address of the archive that a message id is looked up in, `https://lore.kernel.org`. */
  readonly lore: string;
  readonly signal: AbortSignal;
}
