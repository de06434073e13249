import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';

function isThere(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Whether this machine has a redis-server. */
export const hasRedis = isThere();

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
  /** Starts it again with the file of its jobs, after {@link TestRedis.stop}. */
  start(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A Redis of one test, on a port and in a directory of its own. */
export async function redisServer(t: ExecutionContext, ...words: readonly string[]): Promise<TestRedis> {
  const directory = await mkdtemp(path.join(tmpdir(), 'quiltboot-redis-'));
  const port = await freePort();
  let ended: Promise<unknown> = Promise.resolve();
  let stop: () => void = () => undefined;
  const start = async (): Promise<void> => {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--daemonize', 'no'];
    const child = spawn('redis-server', [...own, '--appendonly', 'yes', '--appendfsync', 'always', ...words]);
    ended = new Promise((resolve) => child.once('exit', resolve));
    stop = () => void child.kill('SIGTERM');
    for await (const chunk of child.stdout) if (String(chunk).includes('Ready to accept')) break;
    child.stdout.resume();
    await delay(20);
  };
  const halt = async (): Promise<void> => {
    stop();
    await ended;
  };
  t.teardown(async () => {
    await halt();
    await rm(directory, { recursive: true, force: true });
  });
  await start();
  return { url: `redis://127.0.0.1:${port}`, start, stop: halt };
}
