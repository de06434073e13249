import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Run } from '../../harness/model/index.ts';
import { descendants } from './processes.ts';
import { type Place, placeIn, type Started } from './program.ts';
import { keyFile, storeKeyPair } from './store-keys.ts';

export interface Worker extends Started {
  readonly cache: string;
}

/** A project whose runs go over a queue, with a store beside it. */
export interface QueuedPlace {
  /** Commands of the project, with the queue's times of a test. */
  readonly place: Place;
  /** Words that every command of the queue has. */
  readonly words: readonly string[];
  /** Starts a worker with a cache of its own, which is killed when the test ends. */
  worker(...words: string[]): Promise<Worker>;
}

/** Lets a project work over a queue: `patience` is how many seconds Redis may be gone. */
export async function queuedPlace(
  t: ExecutionContext,
  project: Place,
  url: string,
  patience = 30,
): Promise<QueuedPlace> {
  const at = (name: string): string => path.join(project.directory, name);
  const key = await keyFile(at('store.pem'), storeKeyPair().secret);
  const env = { ...project.env, QUILTBOOT_QUEUE_PATIENCE: String(patience), QUILTBOOT_STORE_KEY: key };
  const words = ['--queue', url, '--store', at('shared')];
  return {
    place: placeIn(project.directory, env),
    words,
    async worker(...more) {
      const cache = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-worker-'));
      // A worker has nothing of the project but what the store brings.
      const started = placeIn(cache, { ...env, QUILTBOOT_CACHE: path.join(cache, 'cache') }).start(
        ...['worker', ...words, ...more],
      );
      t.teardown(async () => {
        started.kill('SIGCONT');
        started.kill('SIGKILL');
        await started.ended;
        await rm(cache, { recursive: true, force: true });
      });
      return { ...started, cache };
    },
  };
}

/** Keys that say when, how long, by whom or by which command, not what came of it. */
const passing = new Set(['ms', 'id', 'started', 'command', 'reused', 'taken', 'notes', 'bootMs']);

/** What a run says, but for times and places. */
export function lasting(run: Run): unknown {
  const text = JSON.stringify(run, (key, value: unknown) => (passing.has(key) ? undefined : value));
  return JSON.parse(text) as unknown;
}

/** Stops a worker with everything below it, as a machine that hangs does, or lets it continue. */
export async function signalAll(worker: Worker, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): Promise<void> {
  const below = await descendants(worker.pid ?? 0);
  for (const { pid } of below) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
  worker.kill(signal);
}
