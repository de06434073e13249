import { errnoOf } from '../lib/errno.ts';
import { attach, tasksOf } from '../lib/hierarchy.ts';
import { journal, makeContainer, released, releasedInAll, useOnce, withAgent } from '../lib/release.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit', 'release'] });

test('the agent is told of the path, with its home and search path, when the last task exited', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await useOnce(guest, `${root}/a`);
  await guest.until('the agent has run', async () => (await released(guest)).length > 0);
  t.is(await guest.read(journal), '1:/a:/:/sbin:/bin:/usr/sbin:/usr/bin\n');
});

test('the agent is told of the path below the root of the hierarchy', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await guest.mkdir(`${root}/a`);
  await guest.mkdir(`${root}/a/b`);
  await makeContainer(guest, `${root}/a/b/c`);
  await useOnce(guest, `${root}/a/b/c`);
  t.deepEqual(await releasedInAll(guest, root), ['/a/b/c']);
});

test('a renamed container is told of by its new path', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await guest.rename(`${root}/a`, `${root}/b`);
  await child.exit(0);
  t.deepEqual(await releasedInAll(guest, root), ['/b']);
});

test('the agent is told when the last task moved away', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  const [one, two] = [await guest.fork(), await guest.fork()];
  await attach(guest, one.pid, `${root}/a`);
  await attach(guest, two.pid, `${root}/a`);
  await attach(guest, one.pid, root);
  t.deepEqual(await releasedInAll(guest, root), []);
  await attach(guest, two.pid, root);
  await guest.until('the agent has run', async () => (await released(guest)).includes('/a'));
  t.deepEqual((await released(guest)).filter((path) => path === '/a').length, 1);
});

test('the agent is told when the last child was removed', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await guest.mkdir(`${root}/a/b`);
  await guest.mkdir(`${root}/a/c`);
  await guest.rmdir(`${root}/a/b`);
  t.deepEqual(await releasedInAll(guest, root), []);
  await guest.rmdir(`${root}/a/c`);
  await guest.until('the agent has run', async () => (await released(guest)).includes('/a'));
  t.is((await released(guest)).filter((path) => path === '/a').length, 1);
});

test('the agent is told only when there is neither task nor child', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await guest.mkdir(`${root}/a/b`);
  await useOnce(guest, `${root}/a`);
  t.deepEqual(await releasedInAll(guest, root), []);
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await guest.rmdir(`${root}/a/b`);
  t.deepEqual(
    (await released(guest)).filter((path) => path === '/a'),
    [],
  );
  await child.exit(0);
  await guest.until('the agent has run', async () => (await released(guest)).includes('/a'));
  t.pass();
});

test('the agent is told once for each time that a container became empty', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  for (const times of [1, 2, 3]) {
    await useOnce(guest, `${root}/a`);
    await guest.until('the agent has run again', async () => (await released(guest)).length >= times);
  }
  t.deepEqual(await releasedInAll(guest, root), ['/a', '/a', '/a']);
});

test('the agent is not told of a container that was always empty, nor when the flag is set', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await guest.write(`${root}/a/notify_on_release`, '0');
  await guest.write(`${root}/a/notify_on_release`, '1');
  t.deepEqual(await releasedInAll(guest, root), []);
});

test('the agent is not told of a container without the flag', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`, false);
  await useOnce(guest, `${root}/a`);
  await guest.write(`${root}/a/notify_on_release`, '1');
  t.deepEqual(await releasedInAll(guest, root), []);
});

test('the agent is not told of a container that has been removed', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await guest.rmdir(`${root}/a`);
  t.deepEqual(await releasedInAll(guest, root), []);
});

test('a parent that asked is told when its last child was removed upon release', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await makeContainer(guest, `${root}/a/b`);
  await useOnce(guest, `${root}/a/b`);
  await guest.until('the agent is told of the child', async () => (await released(guest)).length === 1);
  await guest.rmdir(`${root}/a/b`);
  await guest.until('the agent is told of the parent', async () => (await released(guest)).length === 2);
  await guest.rmdir(`${root}/a`);
  t.deepEqual(await releasedInAll(guest, root), ['/a/b', '/a']);
});

test('a parent that did not ask is not told', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`, false);
  await makeContainer(guest, `${root}/a/b`);
  await useOnce(guest, `${root}/a/b`);
  await guest.until('the agent is told of the child', async () => (await released(guest)).length === 1);
  await guest.rmdir(`${root}/a/b`);
  t.deepEqual(await releasedInAll(guest, root), ['/a/b']);
});

test('a container that came back into use after its release cannot be removed: EBUSY, and nothing is lost', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await useOnce(guest, `${root}/a`);
  await guest.until('the agent is told', async () => (await released(guest)).length === 1);
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
  await child.exit(0);
  await guest.until('the agent is told again', async () => (await released(guest)).length === 2);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'none');
  t.deepEqual(await releasedInAll(guest, root), ['/a', '/a']);
});
