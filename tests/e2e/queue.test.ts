import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Run } from '../../harness/model/index.ts';
import { needing } from '../support/needing.ts';
import {
  changeSched,
  fakeProject,
  latestRun,
  mail,
  type Place,
  placeIn,
  type Started,
  schedLine,
} from '../support/program.ts';
import { hasRedis, redisServer } from '../support/redis.ts';
import { keyFile, storeKeyPair } from '../support/store-keys.ts';

const test = needing('redis-server', hasRedis);

const second = 'say("log sched: set");';
const patches = {
  'one.patch': mail('say more', changeSched(schedLine, second)),
  'two.patch': mail('warn', changeSched(second, 'static int unused_thing;', second)),
};

/** Keys that say when, how long or by whom, not what came of it. */
const passing = new Set(['ms', 'id', 'started', 'command', 'reused', 'taken', 'notes', 'bootMs']);

/** What two runs of the same have in common, whoever ran them. */
const facts = (run: Run): unknown =>
  JSON.parse(JSON.stringify(run, (key, value: unknown) => (passing.has(key) ? undefined : value)));

interface Scene {
  readonly place: Place;
  readonly words: readonly string[];
  readonly worker: (name: string, ...more: readonly string[]) => Started;
}

async function scene(t: ExecutionContext, url: string): Promise<Scene> {
  const place = await fakeProject(t, patches);
  const key = await keyFile(path.join(place.directory, 'key.pem'), storeKeyPair().secret);
  const words = ['--queue', url, '--store', path.join(place.directory, 'shared'), '--store-key', key];
  return {
    place: placeIn(place.directory, { ...place.env, QUILTBOOT_QUEUE_PATIENCE: '3' }),
    words,
    worker(name, ...more) {
      const cache = path.join(place.directory, `cache-${name}`);
      const started = placeIn(place.directory, { ...place.env, QUILTBOOT_CACHE: cache }).start(
        'worker',
        ...words,
        ...more,
      );
      t.teardown(async () => {
        started.kill('SIGKILL');
        await started.ended;
      });
      return started;
    },
  };
}

test('what two workers make of a series is what one machine makes of it', async (t) => {
  const redis = await redisServer(t);
  const { place, words, worker } = await scene(t, redis.url);
  const alone = await place.run('build', '--keep-going', '--target', 'x86_64,s390x');
  t.is(alone.code, 1, alone.err);
  const local = await latestRun(place);
  const first = worker('first', '--targets', 'x86_64');
  const other = worker('other', '--targets', 's390x');
  const queued = await place.run('build', '--target', 'x86_64,s390x', ...words);
  t.is(queued.code, 1, queued.err);
  t.deepEqual(facts(await latestRun(place)), facts(local));
  // The same again is there already, whoever works.
  first.kill('SIGTERM');
  other.kill('SIGTERM');
  t.is((await first.ended).code, 130);
  t.is((await other.ended).code, 130);
  const again = await place.run('build', '--target', 'x86_64,s390x', ...words);
  t.is(again.code, 1, again.err);
  t.deepEqual(facts(await latestRun(place)), facts(local));
});
