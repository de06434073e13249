import { chmod, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { noteUse } from '../../../harness/host/files/in-use.ts';
import { takeLock } from '../../../harness/host/files/lock.ts';
import { processSpace } from '../../../harness/host/files/owner.ts';
import { cachePaths } from '../../../harness/host/files/paths.ts';
import { fromStore } from '../../../harness/host/files/store.ts';
import type { Context, Event } from '../../../harness/model/index.ts';
import { collectCache, collectWorktrees, warnOfSize } from '../../../harness/pipeline/cache/collect.ts';
import { emptyPlace } from '../../support/program.ts';

const hour = 60 * 60;
const signal = new AbortController().signal;

interface Made {
  readonly context: Context;
  readonly events: Event[];
  /** Writes a file of some KiB below the cache, with directories. */
  readonly put: (file: string, kib?: number) => Promise<void>;
  /** Lets everything of those names look as if it was used so many hours ago. */
  readonly age: (hours: number, ...names: string[]) => Promise<void>;
  readonly has: (file: string) => Promise<boolean>;
}

async function cacheOf(t: ExecutionContext): Promise<Made> {
  const { directory } = await emptyPlace(t);
  const cache = cachePaths({}, path.join(directory, 'cache'));
  const events: Event[] = [];
  const emit = (event: Event): void => void events.push(event);
  const at = (name: string): string => path.join(cache.root, name);
  return {
    context: { cache, emit, signal, jobs: 1, guests: 1, fresh: false },
    events,
    async put(file, kib = 1) {
      await mkdir(path.dirname(at(file)), { recursive: true });
      await writeFile(at(file), Buffer.alloc(kib * 1024, 1));
    },
    async age(hours, ...names) {
      const time = Date.now() / 1000 - hours * hour;
      for (const name of names) await utimes(at(name), time, time);
    },
    has: (file) =>
      stat(at(file)).then(
        () => true,
        () => false,
      ),
  };
}

async function filled(t: ExecutionContext): Promise<Made> {
  const made = await cacheOf(t);
  await made.put('worktrees/own-1/Makefile', 40);
  await made.put('worktrees/own-1.index');
  await made.put('builds/x86_64-default-own-1/own/last-make');
  await made.put('builds/x86_64-default-own-1/out/vmlinux', 80);
  await made.put('store/build/k1/result.json');
  await made.put('store/build/k1/vmlinux', 120);
  await made.put('snapshots/a.state');
  await made.put('snapshots/a.state.memory', 40);
  await made.put('trees/t.git/quiltboot.json');
  await made.put('images/x86_64-1.json');
  await made.put('downloads/debian/linux.deb', 40);
  await made.put('downloads/sum/entry.json');
  await made.put('ccache/own/0/1/stats');
  await made.put('apt/s390x/lists');
  return made;
}

test('everything that the cache holds is counted by kind, and nothing is removed unasked', async (t) => {
  const { context, has } = await filled(t);
  const { pieces, freed } = await collectCache({}, context);
  t.is(freed, undefined);
  const found = pieces.map(({ kind, name }) => `${kind} ${name}`).sort();
  t.deepEqual(found, [
    'apt s390x',
    'builds x86_64-default-own-1',
    'ccache own',
    'downloads debian/linux.deb',
    'downloads sum',
    'images x86_64-1.json',
    'snapshots a.state',
    'store build/k1',
    'trees t.git',
    'worktrees own-1',
  ]);
  const kernel = pieces.find(({ kind }) => kind === 'store');
  t.true((kernel?.bytes ?? 0) >= 121 * 1024 && (kernel?.bytes ?? 0) < 200 * 1024, String(kernel?.bytes));
  t.true(await has('store/build/k1/vmlinux'));
  const again = await collectCache({}, context);
  t.deepEqual(again.pieces, pieces, 'what is remembered says the same');
});

test('sizes that are remembered are of what was not used since', async (t) => {
  const { context, put, age } = await filled(t);
  await age(1, 'store/build/k1');
  const size = async (): Promise<number> =>
    (await collectCache({}, context)).pieces.find(({ kind }) => kind === 'store')?.bytes ?? 0;
  const before = await size();
  await put('store/build/k1/image', 400);
  t.true((await size()) >= before + 400 * 1024);
});

test('what is old goes with all that belongs to it, and a dry run leaves it', async (t) => {
  const { context, age, has } = await filled(t);
  await age(50, 'worktrees/own-1', 'worktrees/own-1.index', 'snapshots/a.state', 'store/build/k1');
  const dry = await collectCache({ keepDays: 2, dryRun: true }, context);
  t.deepEqual(dry.freed?.removed.map(({ kind }) => kind).sort(), ['snapshots', 'store', 'worktrees']);
  t.true(await has('worktrees/own-1/Makefile'));
  const { freed } = await collectCache({ keepDays: 2 }, context);
  t.deepEqual(freed, dry.freed);
  for (const gone of ['worktrees/own-1', 'worktrees/own-1.index', 'snapshots/a.state', 'snapshots/a.state.memory'])
    t.false(await has(gone), gone);
  t.deepEqual(await readdir(path.join(context.cache.store, 'build')), [], 'nothing is left aside');
  t.true(await has('builds/x86_64-default-own-1/out/vmlinux'));
});

test('of closed directories, which a build may leave, nothing stays', async (t) => {
  const { context, has } = await filled(t);
  await chmod(path.join(context.cache.builds, 'x86_64-default-own-1/out'), 0o000);
  await collectCache({ maxBytes: 0 }, context);
  t.false(await has('builds/x86_64-default-own-1'));
  t.deepEqual((await collectCache({}, context)).pieces, []);
});

test('what another process locks or used since it began stays', async (t) => {
  const { context, age, has } = await filled(t);
  const file = path.join(context.cache.locks, 'worktree-own-1.lock');
  const lock = await takeLock({ file, signal, purpose: 'a test' });
  const first = await collectCache({ maxBytes: 0, dryRun: true }, context);
  t.deepEqual(
    first.freed?.inUse.map(({ name }) => name),
    ['own-1'],
  );
  await collectCache({ maxBytes: 0 }, context);
  t.true(await has('worktrees/own-1/Makefile'));
  await lock.release();

  // A process that lives, and began an hour ago: that of the tests, under another's name.
  const users = path.join(context.cache.locks, 'users');
  await mkdir(users, { recursive: true });
  await writeFile(path.join(users, `${processSpace()}-${process.ppid}`), '');
  await age(1, `locks/users/${processSpace()}-${process.ppid}`);
  const kept = await collectCache({ maxBytes: 0 }, context);
  t.deepEqual(
    kept.freed?.inUse.map(({ name }) => name),
    ['own-1'],
    'used since then',
  );
  await age(2, 'worktrees/own-1', 'worktrees/own-1.index');
  const { freed } = await collectCache({ maxBytes: 0 }, context);
  t.deepEqual(
    freed?.removed.map(({ name }) => name),
    ['own-1'],
    'used before',
  );
});

test('a process that was killed uses nothing', async (t) => {
  const { context } = await filled(t);
  const mark = path.join(context.cache.locks, 'users', `${processSpace()}-${2 ** 22 + 1}`);
  await mkdir(path.dirname(mark), { recursive: true });
  await writeFile(mark, '');
  const { freed } = await collectCache({ maxBytes: 0 }, context);
  t.deepEqual(freed?.inUse, []);
  t.deepEqual(await readdir(path.dirname(mark)), []);
});

test('a process says that it uses a cache, and does not count for itself', async (t) => {
  const { context } = await filled(t);
  noteUse(context.cache.root);
  t.deepEqual(await readdir(path.join(context.cache.locks, 'users')), [`${processSpace()}-${process.pid}`]);
  t.deepEqual((await collectCache({ maxBytes: 0 }, context)).freed?.inUse, []);
});

test('a stored result that is taken is used', async (t) => {
  const { context, age } = await cacheOf(t);
  const take = (): Promise<unknown> =>
    fromStore({
      store: context.cache.store,
      kind: 'test',
      key: 'k',
      say: () => undefined,
      fresh: false,
      keep: () => true,
      make: () => Promise.resolve(1),
    });
  await take();
  await age(100, 'store/test/k');
  await take();
  const { freed } = await collectCache({ keepDays: 1 }, context);
  t.deepEqual(freed?.removed, []);
});

test('a run says when the cache holds more than its limit, and how to free some', async (t) => {
  const { context, events } = await filled(t);
  await warnOfSize(1024 ** 3, context);
  t.deepEqual(events, []);
  await warnOfSize(100 * 1024, context);
  const [event] = events;
  t.regex(
    event?.type === 'note' ? event.text : '',
    /holds \d+\.\d KiB, more than 100\.0 KiB: quiltboot gc --max-size 100K frees/,
  );
});

test('a run removes work trees that no recent run used, and what was built in them', async (t) => {
  const { context, put, age, has } = await filled(t);
  await put('builds/x86_64-default-own-2/own/last-make');
  await age(24 * 15, 'worktrees/own-1', 'worktrees/own-1.index');
  await collectWorktrees(context);
  t.false(await has('worktrees/own-1'));
  t.false(await has('builds/x86_64-default-own-1'));
  t.true(await has('builds/x86_64-default-own-2/own/last-make'));
  t.true(await has('store/build/k1/vmlinux'));
});
