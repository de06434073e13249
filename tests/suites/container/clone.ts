import { errnoOf } from '../lib/errno.ts';
import { mountHierarchy, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'tasks', 'fork-exit', 'clone'], differs: ['no-ns'] });

test('a task that unshares a namespace is moved into a child container named after it', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'ns' });
  const child = await guest.fork();
  await child.unshare(['uts']);
  t.deepEqual(await tasksOf(guest, `${root}/node_${child.pid}`), [child.pid]);
  t.false((await tasksOf(guest, root)).includes(child.pid));
});

test('every kind of namespace does so', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'ns' });
  for (const kind of ['uts', 'ipc', 'mount'] as const) {
    const child = await guest.fork();
    await child.unshare([kind]);
    t.deepEqual(await tasksOf(guest, `${root}/node_${child.pid}`), [child.pid], kind);
  }
});

test("the new container is a child of the task's own", async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'ns' });
  const parent = await guest.fork();
  await parent.unshare(['uts']);
  const child = await parent.fork();
  t.deepEqual(await tasksOf(guest, `${root}/node_${parent.pid}`), [parent.pid, child.pid]);
  await child.unshare(['ipc']);
  t.deepEqual(await tasksOf(guest, `${root}/node_${parent.pid}/node_${child.pid}`), [child.pid]);
  t.deepEqual(await tasksOf(guest, `${root}/node_${parent.pid}`), [parent.pid]);
});

test('the new container is removed like any other', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'ns' });
  const child = await guest.fork();
  await child.unshare(['uts']);
  const container = `${root}/node_${child.pid}`;
  t.is(await errnoOf(guest.rmdir(container)), 'EBUSY');
  await child.exit(0);
  t.is(await errnoOf(guest.rmdir(container)), 'none');
});

test('without a mounted hierarchy a namespace is unshared and nothing is made', async (t, context) => {
  const { guest } = context;
  const child = await guest.fork();
  t.is(await errnoOf(child.unshare(['uts'])), 'none');
  const root = await mountHierarchy(context, { options: 'ns' });
  t.deepEqual(
    (await guest.readdir(root)).filter((name) => name.startsWith('node_')),
    [],
  );
});

test('a fork without a new namespace stays in the container of its parent', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'ns' });
  const child = await guest.fork();
  t.true((await tasksOf(guest, root)).includes(child.pid));
  t.deepEqual(
    (await guest.readdir(root)).filter((name) => name.startsWith('node_')),
    [],
  );
});

test(
  'a child that starts with a namespace of its own starts in a container of its own',
  { differs: ['clone-named-late'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'ns' });
    const parent = await guest.fork();
    await parent.unshare(['uts']);
    const pid = Number(await guest.sh(`echo 0 >${root}/node_${parent.pid}/tasks; load newborn`));
    t.true(pid > 0);
    t.deepEqual(await tasksOf(guest, `${root}/node_${parent.pid}/node_${pid}`), [pid]);
  },
);

test(
  'the new container has the processors and memory nodes of its parent, so that the task can come in',
  { needs: ['cpuset'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'ns,cpuset' });
    const child = await guest.fork();
    await child.unshare(['uts']);
    const container = `${root}/node_${child.pid}`;
    t.deepEqual(await tasksOf(guest, container), [child.pid]);
    for (const file of ['cpus', 'mems']) {
      t.is(await guest.read(`${container}/cpuset.${file}`), await guest.read(`${root}/cpuset.${file}`));
    }
  },
);
