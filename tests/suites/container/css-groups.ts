import type { GuestProcess } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import { attach, cssGroupOf, mountHierarchy, mountWithContainer, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit', 'css-groups'] });

test('tasks of every mixture of two hierarchies are listed where they are', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: first });
  const two = await mountHierarchy(context, { options: second, at: '/dev/two' });
  for (const root of [one, two]) for (const name of ['a', 'b']) await guest.mkdir(`${root}/${name}`);
  const pids: Record<string, number> = {};
  for (const mixture of ['aa', 'ab', 'ba', 'bb']) {
    const child = await guest.fork();
    pids[mixture] = child.pid;
    await attach(guest, child.pid, `${one}/${mixture.charAt(0)}`);
    await attach(guest, child.pid, `${two}/${mixture.charAt(1)}`);
  }
  t.deepEqual(await tasksOf(guest, `${one}/a`), [pids.aa, pids.ab]);
  t.deepEqual(await tasksOf(guest, `${one}/b`), [pids.ba, pids.bb]);
  t.deepEqual(await tasksOf(guest, `${two}/a`), [pids.aa, pids.ba]);
  t.deepEqual(await tasksOf(guest, `${two}/b`), [pids.ab, pids.bb]);
});

test('a container is free again when tasks of every mixture have left it', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: first });
  const two = await mountHierarchy(context, { options: second, at: '/dev/two' });
  await guest.mkdir(`${one}/a`);
  for (const name of ['a', 'b', 'c']) await guest.mkdir(`${two}/${name}`);
  const children = [await guest.fork(), await guest.fork(), await guest.fork()];
  for (const [index, child] of children.entries()) {
    await attach(guest, child.pid, `${one}/a`);
    await attach(guest, child.pid, `${two}/${'abc'.charAt(index)}`);
  }
  for (const child of children) {
    t.is(await errnoOf(guest.rmdir(`${one}/a`)), 'EBUSY');
    await child.exit(0);
  }
  for (const container of [`${one}/a`, `${two}/a`, `${two}/b`, `${two}/c`]) {
    t.is(await errnoOf(guest.rmdir(container)), 'none', container);
  }
});

test('of many tasks each is listed in the container that it is in', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountHierarchy(context, { options: dialect.plainSubsystems[1] });
  // More than a table of the kernel has places, so that some groups share one.
  const count = 200;
  await guest.sh(`: >/tmp/filled; load fill ${count} ${root} >/tmp/filled &`);
  await guest.until('the containers are filled', async () => (await guest.read('/tmp/filled')) === 'ready\n', 60_000);
  const listed = new Set<number>();
  for (let index = 0; index < count; index += 1) {
    const tasks = await tasksOf(guest, `${root}/f${index}`);
    t.is(tasks.length, 1, `f${index}`);
    listed.add(tasks[0] ?? 0);
  }
  t.is(listed.size, count);
});

test('forks of a task that is in containers of two hierarchies are listed in both', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: first });
  const two = await mountHierarchy(context, { options: second, at: '/dev/two' });
  await guest.mkdir(`${one}/a`);
  await guest.mkdir(`${two}/b`);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${one}/a`);
  await attach(guest, parent.pid, `${two}/b`);
  const children = [await parent.fork(), await parent.fork(), await parent.fork()];
  const all = [parent, ...children].map((task) => task.pid);
  t.deepEqual(await tasksOf(guest, `${one}/a`), all);
  t.deepEqual(await tasksOf(guest, `${two}/b`), all);
});

test(
  'tasks with the same memberships share one group, others have another',
  { needs: ['debug'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const root = await mountWithContainer(context, { options: `${dialect.plainSubsystems[0]},debug` });
    const group = (task: GuestProcess): Promise<string> => cssGroupOf(context, task, root);
    const [one, two, apart] = [await guest.fork(), await guest.fork(), await guest.fork()];
    t.is(await group(one), await group(two));
    await attach(guest, one.pid, `${root}/a`);
    t.not(await group(one), await group(two));
    t.is(await group(two), await group(apart));
    await attach(guest, two.pid, `${root}/a`);
    t.is(await group(one), await group(two));
    t.not(await group(one), await group(apart));
  },
);
