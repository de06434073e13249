import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { HostError, InterruptedError } from '../../model/index.ts';
import { dyingWithParent } from '../process.ts';
import { ensureDirectory } from './write.ts';

export interface Lock {
  release(): Promise<void>;
}

export interface LockRequest {
  readonly file: string;
  readonly signal: AbortSignal;
  /** Called once when somebody else holds the lock; `holder` is what that one wrote about itself. */
  readonly onWait?: (holder: string) => void;
  /** What to write about ourselves, for the other's message. */
  readonly purpose: string;
}

/**
 * Takes an exclusive lock on a file and waits for it as long as needed.
 *
 * `flock(1)` holds it on behalf of this program and reads our pipe: however this program ends, the pipe closes and the
 * lock is free at once.
 */
export async function takeLock(request: LockRequest): Promise<Lock> {
  const { file, signal } = request;
  if (signal.aborted) throw new InterruptedError();
  await ensureDirectory(path.dirname(file));
  return (await attempt(request, ['--nonblock'])) ?? (await wait(request));
}

/** Takes the lock if nobody has it. */
export async function tryLock(request: Omit<LockRequest, 'onWait'>): Promise<Lock | undefined> {
  if (request.signal.aborted) throw new InterruptedError();
  await ensureDirectory(path.dirname(request.file));
  return await attempt(request, ['--nonblock']);
}

async function wait(request: LockRequest): Promise<Lock> {
  const holder = await readFile(`${request.file}.holder`, 'utf8').catch(() => '');
  request.onWait?.(holder.trim() || 'another process');
  const lock = await attempt(request, []);
  if (lock) return lock;
  throw new HostError(`cannot lock ${request.file}`, {
    code: 'QB-DISK',
    hint: 'check that its file system supports flock(2)',
  });
}

async function attempt({ file, signal, purpose }: LockRequest, flags: string[]): Promise<Lock | undefined> {
  const [command, ...args] = dyingWithParent(['flock', ...flags, file, 'sh', '-c', 'echo locked; exec cat >/dev/null']);
  const child = execa(command, args, {
    stdin: 'pipe',
    stdout: 'pipe',
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
  });
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  signal.addEventListener('abort', stop, { once: true });
  const locked = await Promise.race([
    new Promise<boolean>((resolve) => child.stdout.once('data', () => resolve(true))),
    child.then(() => false),
  ]);
  signal.removeEventListener('abort', stop);
  if (signal.aborted) {
    child.kill('SIGKILL');
    throw new InterruptedError();
  }
  if (!locked) return undefined;
  await writeFile(`${file}.holder`, `${purpose} (pid ${process.pid})\n`).catch(() => undefined);
  return {
    async release() {
      child.stdin.end();
      await child;
    },
  };
}

/** Runs an action under a lock. */
export async function withLock<T>(request: LockRequest, action: () => Promise<T>): Promise<T> {
  const lock = await takeLock(request);
  try {
    return await action();
  } finally {
    await lock.release();
  }
}
