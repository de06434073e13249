import test from 'ava';
import { createTracker } from '../../../harness/suite/track.ts';

test('calls without an answer are told with their arguments, oldest first', async (t) => {
  const { track, pending } = createTracker();
  let release = (): void => undefined;
  const blocked = new Promise<void>((resolve) => {
    release = resolve;
  });
  const guest = track({
    rmdir: (path: string) => blocked.then(() => path),
    log: () => ['line'],
    mkdir: async () => Promise.resolve(),
  });
  t.deepEqual(guest.log(), ['line']);
  const one = guest.rmdir('/a');
  const two = guest.mkdir();
  t.deepEqual([...pending()], ['rmdir("/a")', 'mkdir()']);
  await two;
  t.deepEqual([...pending()], ['rmdir("/a")']);
  release();
  await one;
  t.deepEqual([...pending()], []);
});

test('processes and files that a call resolves with are tracked as well', async (t) => {
  const { track, pending } = createTracker();
  const child = { pid: 7, spin: (ms: number) => new Promise<number>((resolve) => (ms < 0 ? resolve(ms) : undefined)) };
  const guest = track({ fork: async () => Promise.resolve(child) });
  const forked = await guest.fork();
  t.is(forked.pid, 7);
  void forked.spin(5);
  t.deepEqual([...pending()], ['spin(5)']);
});

test('errors of the guest are known from others', async (t) => {
  const { track, isFromGuest } = createTracker();
  const guest = track({ read: () => Promise.reject(new Error('from the guest')) });
  const error = await t.throwsAsync(guest.read());
  t.true(isFromGuest(error));
  t.false(isFromGuest(new Error('from the guest')));
  t.false(isFromGuest(undefined));
});
