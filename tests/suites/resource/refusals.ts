/** A subsystem refuses a fork: the fork fails, and nothing else happens. */
import { errnoOf } from '../lib/errno.ts';
import { attach, mountWithContainer, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['refuse-fork'] });

test('a fork fails with the errno of the subsystem that refuses it, for as long as it does', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'test0,debug' });
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  const references = await guest.read(`${root}/a/debug.container_refcount`);
  const forks = await guest.read(`${root}/a/test0.forks`);
  await guest.write(`${root}/a/test0.veto_fork`, '12');
  t.is(await errnoOf(parent.fork()), 'ENOMEM');
  t.is(await errnoOf(parent.thread()), 'ENOMEM');
  t.deepEqual(await tasksOf(guest, `${root}/a`), [parent.pid]);
  t.is(await guest.read(`${root}/a/debug.container_refcount`), references);
  t.is(await guest.read(`${root}/a/test0.forks`), forks);
  await guest.write(`${root}/a/test0.veto_fork`, '0');
  const child = await parent.fork();
  t.deepEqual(
    await tasksOf(guest, `${root}/a`),
    [parent.pid, child.pid].sort((a, b) => a - b),
  );
});

test('a new container refuses no fork, and a number that is no errno is EINVAL', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  t.is(await guest.read(`${root}/a/test0.veto_fork`), '0\n');
  t.is(await errnoOf(guest.write(`${root}/a/test0.veto_fork`, '4096')), 'EINVAL');
});

test('a container whose only task could not fork can be removed once that has left', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  await guest.write(`${root}/a/test0.veto_fork`, '11');
  for (let time = 0; time < 5; time += 1) t.is(await errnoOf(parent.fork()), 'EAGAIN');
  await attach(guest, parent.pid, root);
  await guest.rmdir(`${root}/a`);
  t.false(await guest.exists(`${root}/a`));
});
