import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';

/** A git repository that a test fills, gone when it ends. */
export interface TestRepository {
  readonly directory: string;
  readonly git: (...args: string[]) => Promise<string>;
  /** Writes files (undefined deletes one) and commits them; resolves with the commit. */
  readonly commit: (message: string, files: Readonly<Record<string, string | undefined>>) => Promise<string>;
}

export async function makeRepository(t: ExecutionContext): Promise<TestRepository> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-repository-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  let clock = 1_180_000_000;
  const git = async (...args: string[]): Promise<string> => {
    const env = {
      GIT_AUTHOR_DATE: `${clock} +0200`,
      GIT_COMMITTER_DATE: `${clock} +0200`,
      GIT_CONFIG_GLOBAL: '/dev/null',
    };
    const user = ['-c', 'user.name=Ann Author', '-c', 'user.email=ann@example.org', '-c', 'init.defaultBranch=main'];
    return (await execa('git', [...user, ...args], { cwd: directory, env })).stdout;
  };
  await git('init', '-q');
  return {
    directory,
    git,
    async commit(message, files) {
      clock += 60;
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(directory, name);
        await mkdir(path.dirname(file), { recursive: true });
        if (text === undefined) await rm(file);
        else await writeFile(file, text);
      }
      await git('add', '-A');
      await git('commit', '-q', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
  };
}

/** A context for stages that need little: a cache of its own, no events. */
export async function plainContext(
  t: ExecutionContext,
): Promise<{ readonly directory: string; readonly cache: string }> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-import-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return { directory, cache: path.join(directory, 'cache') };
}
