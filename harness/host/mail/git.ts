import { execa } from 'execa';
import { InterruptedError } from '../../model/index.ts';
import { dyingWithParent } from '../process.ts';

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
