import { errnoOf } from '../lib/errno.ts';
import { attach, mountWithChild, mountWithContainer, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks'] });

/** Users without rights of their own. */
const user = 1000;
const other = 2000;

test('root moves the tasks of everybody', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  await child.setIds({ uid: user });
  await attach(guest, child.pid, `${root}/a`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
});

test("a user moves tasks of the same uid, and nobody else's: EACCES", async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.chmod(`${root}/a/tasks`, 0o666);
  const [writer, own, foreign] = [await guest.fork(), await guest.fork(), await guest.fork()];
  await writer.setIds({ uid: user });
  await own.setIds({ uid: user });
  await foreign.setIds({ uid: other });
  await attach(writer, own.pid, `${root}/a`);
  t.is(await errnoOf(attach(writer, foreign.pid, `${root}/a`)), 'EACCES');
  t.is(await errnoOf(attach(writer, guest.pid, `${root}/a`)), 'EACCES');
  t.is(await errnoOf(attach(writer, 1, `${root}/a`)), 'EACCES');
  t.deepEqual(await tasksOf(guest, `${root}/a`), [own.pid]);
});

test('a user moves tasks of the same saved uid', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.chmod(`${root}/a/tasks`, 0o666);
  const [writer, saved, effective] = [await guest.fork(), await guest.fork(), await guest.fork()];
  await writer.setIds({ uid: user });
  await saved.setresuid(other, other, user);
  await effective.setresuid(other, user, other);
  await attach(writer, saved.pid, `${root}/a`);
  // The effective uid of the task counts for nothing.
  t.is(await errnoOf(attach(writer, effective.pid, `${root}/a`)), 'EACCES');
  t.deepEqual(await tasksOf(guest, `${root}/a`), [saved.pid]);
});

test('it is the effective uid of the writer that counts', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.chmod(`${root}/a/tasks`, 0o666);
  const [writer, own] = [await guest.fork(), await guest.fork()];
  await own.setIds({ uid: other });
  await writer.setresuid(0, user, 0);
  t.is(await errnoOf(attach(writer, own.pid, `${root}/a`)), 'EACCES');
  await writer.setresuid(-1, 0, -1);
  await attach(writer, own.pid, `${root}/a`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [own.pid]);
});

test('a user moves itself by writing 0', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.chmod(`${root}/a/tasks`, 0o666);
  const child = await guest.fork();
  await child.setIds({ uid: user });
  await child.write(`${root}/a/tasks`, '0');
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
});

test('a user cannot write where the file does not allow it: EACCES', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  await child.setIds({ uid: user });
  t.is(await errnoOf(child.write(`${root}/a/tasks`, '0')), 'EACCES');
  t.deepEqual(await tasksOf(guest, `${root}/a`), []);
});
