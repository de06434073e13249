import { execa } from 'execa';
import { HostError, InterruptedError } from '../../model/index.ts';
import { shieldedGit } from './git.ts';

/** The files of a commit, read through one git process. */
export interface CommitFiles {
  /** The bytes of a file, one character each; undefined where there is no such file. */
  read(file: string): Promise<string | undefined>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** Opens a commit of a bare repository for reading. The process starts with the first file that is asked for. */
export function openCommitFiles(repository: string, commit: string, signal: AbortSignal): CommitFiles {
  let open: BlobReader | undefined;
  return {
    async read(file) {
      // Such a name would be two questions; no tree of a kernel has one.
      if (/[\n\0]/.test(file)) return undefined;
      open ??= startReader(repository, signal);
      return open.ask(`${commit}:${file}`);
    },
    close: async () => open?.close(),
  };
}

/** The bytes of one file, as {@link CommitFiles.read} gives them. */
export async function readCommitFile(
  repository: string,
  commit: string,
  file: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const files = openCommitFiles(repository, commit, signal);
  return files.read(file).finally(() => files.close());
}

interface BlobReader {
  ask(name: string): Promise<string | undefined>;
  close(): Promise<void>;
}

function startReader(repository: string, signal: AbortSignal): BlobReader {
  const { argv, env } = shieldedGit(repository, ['cat-file', '--batch=%(objecttype) %(objectsize)']);
  const [command, ...args] = argv;
  const child = execa(command, args, {
    cwd: repository,
    env: { ...env, GIT_DIR: repository },
    stdin: 'pipe',
    buffer: false,
    encoding: 'buffer',
    reject: false,
    cancelSignal: signal,
  });
  const input = bytesOf(child.stdout as AsyncIterable<Buffer>);
  const failed = (): Error =>
    signal.aborted ? new InterruptedError() : new HostError(`reading files of ${repository} failed: git ended`);
  return {
    async ask(name) {
      child.stdin.write(`${Buffer.from(name, 'latin1').toString('latin1')}\n`, 'latin1');
      const head = await input.line();
      if (head === undefined) throw failed();
      const [, kind, size] = /^(\w+) (\d+)$/.exec(head) ?? [];
      if (size === undefined) return undefined;
      const content = await input.take(Number(size) + 1);
      if (content === undefined) throw failed();
      return kind === 'blob' ? content.subarray(0, -1).toString('latin1') : undefined;
    },
    async close() {
      child.stdin.end();
      await child;
    },
  };
}

/** Takes lines and pieces of a known length off a stream. */
function bytesOf(chunks: AsyncIterable<Buffer>): {
  line(): Promise<string | undefined>;
  take(count: number): Promise<Buffer | undefined>;
} {
  const iterator = chunks[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  let held: Buffer[] = [];
  let length = 0;
  const more = async (): Promise<boolean> => {
    const { done, value } = await iterator.next();
    if (done) return false;
    held.push(value);
    length += value.length;
    return true;
  };
  const take = async (count: number): Promise<Buffer | undefined> => {
    while (length < count) if (!(await more())) return undefined;
    const all = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held);
    held = [all.subarray(count)];
    length = all.length - count;
    return all.subarray(0, count);
  };
  return {
    take,
    async line() {
      for (;;) {
        const all = Buffer.concat(held);
        held = [all];
        const end = all.indexOf(10);
        if (end >= 0) return (await take(end + 1))?.subarray(0, -1).toString('latin1');
        if (!(await more())) return undefined;
      }
    },
  };
}
