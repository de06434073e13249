import { errnoOf } from '../lib/errno.ts';
import { attach, mountHierarchy, mountWithContainer, mountWithTask, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit'] });

test('a child starts in the container of its parent', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  const child = await parent.fork();
  t.deepEqual(await tasksOf(guest, `${root}/a`), [parent.pid, child.pid]);
  t.false((await tasksOf(guest, root)).includes(child.pid));
});

test('a grandchild starts there as well, and where its parent went since', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  for (const name of ['a', 'b']) await guest.mkdir(`${root}/${name}`);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  const child = await parent.fork();
  await attach(guest, child.pid, `${root}/b`);
  const grandchild = await child.fork();
  t.deepEqual(await tasksOf(guest, `${root}/a`), [parent.pid]);
  t.deepEqual(await tasksOf(guest, `${root}/b`), [child.pid, grandchild.pid]);
});

test('a child starts in the containers of its parent in every hierarchy', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: first });
  const two = await mountHierarchy(context, { options: second, at: '/dev/two' });
  await guest.mkdir(`${one}/a`);
  await guest.mkdir(`${two}/b`);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${one}/a`);
  await attach(guest, parent.pid, `${two}/b`);
  const child = await parent.fork();
  for (const container of [`${one}/a`, `${two}/b`]) {
    t.deepEqual(await tasksOf(guest, container), [parent.pid, child.pid]);
  }
});

test('a thread starts in the container of the thread that made it', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context);
  const thread = await child.thread();
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid, thread]);
});

test('a child forked before the mount is in the root', async (t, context) => {
  const { guest } = context;
  const before = await guest.fork();
  const root = await mountHierarchy(context);
  const after = await before.fork();
  const tasks = await tasksOf(guest, root);
  t.true(tasks.includes(before.pid) && tasks.includes(after.pid));
});

test('an exiting task leaves its container, which can be removed at once', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context);
  await child.exit(0);
  t.is(await guest.read(`${root}/a/tasks`), '');
  await guest.rmdir(`${root}/a`);
  t.false(await guest.exists(`${root}/a`));
});

test('a killed task leaves its container', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context);
  await child.end();
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'none');
});

test('a container is busy until the last of its tasks has exited', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  const child = await parent.fork();
  await child.exit(0);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [parent.pid]);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
  await parent.exit(0);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'none');
});

test('every thread of a process that exits leaves its container', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context);
  const threads = [await child.thread(), await child.thread(), await child.thread()];
  t.deepEqual(
    await tasksOf(guest, `${root}/a`),
    [child.pid, ...threads].sort((a, b) => a - b),
  );
  await child.end();
  await guest.until('the threads have left', async () => (await tasksOf(guest, `${root}/a`)).length === 0);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'none');
});

test('threads in several containers leave all of them', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  for (const name of ['a', 'b']) await guest.mkdir(`${root}/${name}`);
  const child = await guest.fork();
  const thread = await child.thread();
  await attach(guest, child.pid, `${root}/a`);
  await attach(guest, thread, `${root}/b`);
  await child.end();
  for (const name of ['a', 'b']) {
    await guest.until('the thread has left', async () => (await tasksOf(guest, `${root}/${name}`)).length === 0);
    t.is(await errnoOf(guest.rmdir(`${root}/${name}`)), 'none');
  }
});

test('a task that has exited is in no container, also while its parent has not asked for it', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const parent = await guest.fork();
  await parent.write(`${root}/a/tasks`, '0');
  const child = await parent.fork();
  // Only the agent asks for a child; a child of a child waits for that until its parent ends.
  await guest.kill(child.pid, 9);
  await guest.until('the child has exited', async () => !(await tasksOf(guest, `${root}/a`)).includes(child.pid));
  t.deepEqual(await tasksOf(guest, `${root}/a`), [parent.pid]);
});

test('many short-lived children leave nothing behind', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const script =
    'echo 0 >/dev/container/a/tasks; i=0; while [ $i -lt 50 ]; do (true); i=$((i+1)); done; cat /dev/container/a/tasks';
  const outcome = await guest.run(['sh', '-c', script.replaceAll('/dev/container', root)]);
  t.is(outcome.status, 0, outcome.stderr);
  // The shell and what reads the file.
  t.is(outcome.stdout.split('\n').filter(Boolean).length, 2, outcome.stdout);
  t.is(await guest.read(`${root}/a/tasks`), '');
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'none');
});

test('children that are made while their parent moves are in one container, and all are counted out', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  for (const name of ['a', 'b']) await guest.mkdir(`${root}/${name}`);
  const forker = Number(
    await guest.sh("sh -c 'i=0; while [ $i -lt 60 ]; do (true); i=$((i+1)); done' >/dev/null 2>&1 & echo $!"),
  );
  let moves = 0;
  for (let alive = true; alive; moves += 1) {
    alive = (await errnoOf(attach(guest, forker, `${root}/${moves % 2 === 0 ? 'a' : 'b'}`))) === 'none';
  }
  await guest.until('the forker has gone', async () => !(await guest.exists(`/proc/${forker}`)));
  for (const name of ['a', 'b']) {
    await guest.until('its children have gone', async () => (await tasksOf(guest, `${root}/${name}`)).length === 0);
    t.is(await errnoOf(guest.rmdir(`${root}/${name}`)), 'none');
  }
});

test('a subsystem is told of each fork once, and of each exit once', { differs: ['no-veto'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const count = async (what: string): Promise<number> => Number(await guest.read(`${root}/a/test0.${what}`));
  t.deepEqual([await count('forks'), await count('exits')], [0, 0]);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  t.deepEqual([await count('forks'), await count('exits')], [0, 0]);
  const child = await parent.fork();
  t.deepEqual([await count('forks'), await count('exits')], [1, 0]);
  await child.exit(0);
  await guest.until('the exit is counted', async () => (await count('exits')) > 0);
  t.deepEqual([await count('forks'), await count('exits')], [1, 1]);
  await parent.thread();
  t.is(await count('forks'), 2);
  await parent.end();
  await guest.until('both threads are counted', async () => (await count('exits')) >= 3);
  t.deepEqual([await count('forks'), await count('exits')], [2, 3]);
});

test('the counts of one container are not those of another', { differs: ['no-veto'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  for (const name of ['a', 'b']) await guest.mkdir(`${root}/${name}`);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  const child = await parent.fork();
  await attach(guest, child.pid, `${root}/b`);
  await child.exit(0);
  t.is(await guest.read(`${root}/a/test0.forks`), '1\n');
  t.is(await guest.read(`${root}/b/test0.forks`), '0\n');
  t.is(await guest.read(`${root}/a/test0.exits`), '0\n');
  t.is(await guest.read(`${root}/b/test0.exits`), '1\n');
});

test('the counts cannot be written', { differs: ['no-veto'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  for (const file of ['test0.forks', 'test0.exits']) {
    t.is(await errnoOf(guest.write(`${root}/a/${file}`, '5')), 'EINVAL');
    t.is(await guest.read(`${root}/a/${file}`), '0\n');
  }
});

test(
  'a fork that fails late is undone: told to the subsystem as an exit, and nothing stays',
  { differs: ['no-veto'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    const count = async (what: string): Promise<number> => Number(await guest.read(`${root}/a/test0.${what}`));
    const parent = await guest.fork();
    await attach(guest, parent.pid, `${root}/a`);
    // A process-id namespace whose first process has ended takes no further one: the fork fails when it asks for an id.
    const refused = await errnoOf(parent.unshare(['pid']));
    if (refused === 'EINVAL')
      context.skip('the kernel has no process-id namespaces, so that no fork fails late at will');
    t.is(refused, 'none');
    const first = await parent.fork();
    await first.end();
    await guest.until('the first has gone', async () => (await tasksOf(guest, `${root}/a`)).length === 1);
    t.is(await errnoOf(parent.fork()), 'ENOMEM');
    t.is(await count('forks'), await count('exits'));
    t.deepEqual(await tasksOf(guest, `${root}/a`), [parent.pid]);
    await parent.end();
    t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'none');
  },
);
