/** Forks and limits: what is refused, what is counted, and what is given back. */
import type { GuestProcess } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import { attach, mountHierarchy, mountWithContainer, mountWithTask, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['numtasks'] });

async function figure(guest: GuestProcess, container: string, name: string): Promise<number> {
  return Number(await guest.read(`${container}/${name}`));
}

test('a fork and a thread count both, and the next one is EAGAIN and changes nothing', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'numtasks,debug' });
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  await guest.write(`${root}/a/numtasks.limit`, '3');
  await parent.fork();
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 2);
  await parent.thread();
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 3);
  const before = await tasksOf(guest, `${root}/a`);
  const references = await figure(guest, `${root}/a`, 'debug.container_refcount');
  t.is(await errnoOf(parent.fork()), 'EAGAIN');
  t.is(await errnoOf(parent.thread()), 'EAGAIN');
  t.is(await figure(guest, `${root}/a`, 'numtasks.limit_hits'), 2);
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 3);
  t.is(await figure(guest, `${root}/a`, 'debug.container_refcount'), references);
  t.is(await figure(guest, `${root}/a`, 'debug.taskcount'), 3);
  t.deepEqual(await tasksOf(guest, `${root}/a`), before);
});

test('a task that waits to be collected has left its place', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'numtasks' });
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  await guest.write(`${root}/a/numtasks.limit`, '2');
  const child = await parent.fork();
  t.is(await errnoOf(parent.fork()), 'EAGAIN');
  await guest.kill(child.pid, 9);
  await guest.until('it is dead', async () => (await figure(guest, `${root}/a`, 'numtasks.count')) === 1);
  await parent.fork();
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 2);
});

test('moves in and out count, and a full container refuses them: ENOSPC', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'numtasks' });
  await guest.write(`${root}/a/numtasks.limit`, '1');
  const [one, other] = [await guest.fork(), await guest.fork()];
  await attach(guest, one.pid, `${root}/a`);
  t.is(await errnoOf(attach(guest, other.pid, `${root}/a`)), 'ENOSPC');
  t.is(await figure(guest, `${root}/a`, 'numtasks.limit_hits'), 1);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [one.pid]);
  // To where it is already: no question.
  await attach(guest, one.pid, `${root}/a`);
  await attach(guest, one.pid, root);
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 0);
  await attach(guest, other.pid, `${root}/a`);
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 1);
});

test('a fork that another subsystem refuses gives its place back', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'numtasks,test0' });
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  await guest.write(`${root}/a/numtasks.limit`, '2');
  await guest.write(`${root}/a/test0.veto_fork`, '28');
  t.is(await errnoOf(parent.fork()), 'ENOSPC');
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 1);
  t.is(await figure(guest, `${root}/a`, 'numtasks.limit_hits'), 0);
  await guest.write(`${root}/a/test0.veto_fork`, '0');
  await parent.fork();
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 2);
});

test('a move that another subsystem refuses is no hit and takes no place', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'numtasks,test0' });
  await guest.write(`${root}/a/test0.veto`, '1');
  const child = await guest.fork();
  t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), 'EPERM');
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 0);
  await guest.write(`${root}/a/numtasks.limit`, '0');
  t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), 'EPERM');
  t.is(await figure(guest, `${root}/a`, 'numtasks.limit_hits'), 0);
});

test('a refused fork in the one hierarchy leaves the count of the other', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'numtasks' });
  const other = await mountHierarchy(context, { options: 'test0', at: '/other' });
  await guest.mkdir(`${root}/a`);
  await guest.mkdir(`${other}/b`);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  await attach(guest, parent.pid, `${other}/b`);
  await guest.write(`${other}/b/test0.veto_fork`, '11');
  t.is(await errnoOf(parent.fork()), 'EAGAIN');
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 1);
  t.is(await figure(guest, `${root}/a`, 'numtasks.limit_hits'), 0);
});

test('an unshare counts in the container that it makes, and above as before', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context, { options: 'numtasks,ns' });
  await guest.write(`${root}/a/numtasks.limit`, '1');
  await child.unshare(['uts']);
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 1);
  t.is(await figure(guest, `${root}/a/node_${child.pid}`, 'numtasks.count'), 1);
  await child.exit(0);
  await guest.until('it has left', async () => (await figure(guest, `${root}/a`, 'numtasks.count')) === 0);
  t.is(await figure(guest, `${root}/a/node_${child.pid}`, 'numtasks.count'), 0);
});

test('of many who race for the last places, as many as there are get one', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'numtasks' });
  const parents = [await guest.fork(), await guest.fork(), await guest.fork(), await guest.fork()];
  for (const { pid } of parents) await attach(guest, pid, `${root}/a`);
  for (let round = 1; round <= 10; round += 1) {
    await guest.write(`${root}/a/numtasks.limit`, String(4 + round));
    const ends = await Promise.all(parents.map((parent) => errnoOf(parent.fork())));
    t.deepEqual(ends.sort(), ['EAGAIN', 'EAGAIN', 'EAGAIN', 'none']);
    t.is(await figure(guest, `${root}/a`, 'numtasks.count'), 4 + round);
  }
  t.is(await figure(guest, `${root}/a`, 'numtasks.limit_hits'), 30);
});

test('forks, moves and exits at once leave every count where it belongs', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'numtasks' });
  for (const name of ['a', 'a/b', 'c']) await guest.mkdir(`${root}/${name}`);
  await guest.write(`${root}/a/numtasks.limit`, '1000');
  const places = [`${root}/a`, `${root}/a/b`, `${root}/c`, root] as const;
  const parents = [await guest.fork(), await guest.fork()];
  for (let round = 0; round < 40; round += 1) {
    const [first, second] = parents as [(typeof parents)[0], (typeof parents)[0]];
    const [one] = await Promise.all([
      first.fork(),
      attach(guest, first.pid, places[round % 4] ?? root),
      attach(second, second.pid, places[(round + 2) % 4] ?? root),
    ]);
    await one.exit(0);
  }
  await guest.until('they have left', async () => {
    const counts = await Promise.all(
      ['a/b', 'c'].map(async (name) => [
        await figure(guest, `${root}/${name}`, 'numtasks.count'),
        (await tasksOf(guest, `${root}/${name}`)).length,
      ]),
    );
    return counts.every(([count, tasks]) => count === tasks);
  });
  const below = (await tasksOf(guest, `${root}/a`)).length + (await tasksOf(guest, `${root}/a/b`)).length;
  t.is(await figure(guest, `${root}/a`, 'numtasks.count'), below);
  for (const { pid } of parents) await attach(guest, pid, root);
  for (const name of ['a', 'a/b', 'c']) t.is(await figure(guest, `${root}/${name}`, 'numtasks.count'), 0, name);
});
