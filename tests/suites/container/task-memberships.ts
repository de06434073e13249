import { errnoOf } from '../lib/errno.ts';
import {
  attach,
  mountHierarchy,
  mountWithChild,
  mountWithContainer,
  mountWithTask,
  tasksOf,
} from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks'] });

/** A user without rights of its own. */
const user = 1000;

test('moving a task to where it is succeeds and changes nothing', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  for (let round = 0; round < 3; round += 1) await attach(guest, child.pid, `${root}/a`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
  await attach(guest, child.pid, root);
  t.deepEqual(await tasksOf(guest, `${root}/a`), []);
  await guest.rmdir(`${root}/a`);
});

test('a thread moves alone', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  const [one, two] = [await child.thread(), await child.thread()];
  await attach(guest, one, `${root}/a`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [one]);
  const rest = await tasksOf(guest, root);
  t.true(rest.includes(child.pid) && rest.includes(two) && !rest.includes(one));
  await attach(guest, child.pid, `${root}/a`);
  t.deepEqual(
    await tasksOf(guest, `${root}/a`),
    [child.pid, one].sort((a, b) => a - b),
  );
  t.true((await tasksOf(guest, root)).includes(two));
});

test(
  'the list is the one of the moment when the file was opened',
  { differs: ['list-at-first-read'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    const [stays, leaves, comes] = [await guest.fork(), await guest.fork(), await guest.fork()];
    await attach(guest, stays.pid, `${root}/a`);
    await attach(guest, leaves.pid, `${root}/a`);
    const file = await guest.open(`${root}/a/tasks`, 'r');
    await attach(guest, leaves.pid, root);
    await attach(guest, comes.pid, `${root}/a`);
    const text = await file.read();
    await file.close();
    t.is(text, `${stays.pid}\n${leaves.pid}\n`);
    t.deepEqual(await tasksOf(guest, `${root}/a`), [stays.pid, comes.pid]);
  },
);

test('memberships in two hierarchies are independent of each other', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: first });
  const two = await mountHierarchy(context, { options: second, at: '/dev/two' });
  await guest.mkdir(`${one}/a`);
  await guest.mkdir(`${two}/b`);
  const child = await guest.fork();
  await attach(guest, child.pid, `${one}/a`);
  t.deepEqual(await tasksOf(guest, `${one}/a`), [child.pid]);
  t.true((await tasksOf(guest, two)).includes(child.pid));
  t.deepEqual(await tasksOf(guest, `${two}/b`), []);
  await attach(guest, child.pid, `${two}/b`);
  t.deepEqual(await tasksOf(guest, `${one}/a`), [child.pid]);
  t.deepEqual(await tasksOf(guest, `${two}/b`), [child.pid]);
});

test('tasks stay in their containers while the hierarchy is not mounted', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context);
  await guest.umount(root);
  await mountHierarchy(context);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
});

test(
  'all tasks are in the root again when a hierarchy has ended and is made anew',
  { differs: ['removed-lingers'] },
  async (t, context) => {
    const { guest } = context;
    const { root, child } = await mountWithTask(context);
    await attach(guest, child.pid, root);
    await guest.rmdir(`${root}/a`);
    await guest.umount(root);
    const [first] = context.dialect.plainSubsystems;
    await mountHierarchy(context, { options: first });
    t.true((await tasksOf(guest, root)).includes(child.pid));
  },
);

test('a renamed container keeps its tasks', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context);
  await guest.rename(`${root}/a`, `${root}/b`);
  t.deepEqual(await tasksOf(guest, `${root}/b`), [child.pid]);
});

test(
  'a user who has got the open file of somebody else moves nobody by it: EACCES',
  { differs: ['opener-alone'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    const [writer, foreign] = [await guest.fork(), await guest.fork()];
    const file = await writer.open(`${root}/a/tasks`, 'w');
    await writer.setresuid(user, user, 0);
    t.is(await errnoOf(file.write(`${foreign.pid}\n`)), 'EACCES');
    t.deepEqual(await tasksOf(guest, `${root}/a`), []);
  },
);

test(
  'root moves nobody by a file that a user has opened: EACCES',
  { needs: ['opener-checked'], differs: ['opener-unchecked'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    await guest.chmod(`${root}/a/tasks`, 0o666);
    const [writer, foreign] = [await guest.fork(), await guest.fork()];
    await writer.setresuid(0, user, 0);
    const file = await writer.open(`${root}/a/tasks`, 'w');
    await writer.setresuid(-1, 0, -1);
    t.is(await errnoOf(file.write(`${foreign.pid}\n`)), 'EACCES');
    t.deepEqual(await tasksOf(guest, `${root}/a`), []);
  },
);

test('a long list is whole', { needs: ['fork-exit'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const count = 300;
  await guest.sh(`load threads ${count} ${root}/a >/dev/null 2>&1 &`);
  await guest.until('they are there', async () => (await tasksOf(guest, `${root}/a`)).length > count);
  const tasks = await tasksOf(guest, `${root}/a`);
  t.is(new Set(tasks).size, count + 1);
  t.deepEqual(
    tasks,
    [...tasks].sort((a, b) => a - b),
  );
});
