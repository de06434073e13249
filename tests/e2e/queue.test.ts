import { needing } from '../support/needing.ts';
import { changeSched, fakeProject, latestRun, mail, schedLine } from '../support/program.ts';
import { hasRedis, redisServer } from '../support/redis.ts';
import { lasting, queuedPlace } from '../support/workers.ts';

const test = needing('redis-server', hasRedis);

const second = 'say("log sched: set");';
const patches = {
  'one.patch': mail('say more', changeSched(schedLine, second)),
  'two.patch': mail('warn', changeSched(second, 'static int unused_thing;', second)),
};

test('what two workers make of a series is what one machine makes of it', async (t) => {
  const redis = await redisServer(t);
  const queue = await queuedPlace(t, await fakeProject(t, patches), redis.url, 3);
  const { place, words } = queue;
  const alone = await place.run('build', '--keep-going', '--target', 'x86_64,s390x');
  t.is(alone.code, 1, alone.err);
  const local = await latestRun(place);
  const first = await queue.worker('--targets', 'x86_64');
  const other = await queue.worker('--targets', 's390x');
  const queued = await place.run('build', '--target', 'x86_64,s390x', ...words);
  t.is(queued.code, 1, queued.err);
  t.deepEqual(lasting(await latestRun(place)), lasting(local));
  // The same again is there already, whoever works.
  first.kill('SIGTERM');
  other.kill('SIGTERM');
  t.is((await first.ended).code, 130);
  t.is((await other.ended).code, 130);
  const again = await place.run('build', '--target', 'x86_64,s390x', ...words);
  t.is(again.code, 1, again.err);
  t.deepEqual(lasting(await latestRun(place)), lasting(local));
});
