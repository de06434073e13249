/** What the files of a limit subsystem take and show, and how a limit holds for the containers below. */
import type { GuestProcess } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import { attach, mountHierarchy, mountWithContainer, remount, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['numtasks'] });

const options = 'numtasks';

async function figure(guest: GuestProcess, container: string, name: string): Promise<number> {
  const text = await guest.read(`${container}/numtasks.${name}`);
  if (!/^\d+\n$/.test(text)) throw new Error(`numtasks.${name} reads ${JSON.stringify(text)}`);
  return Number(text);
}

test('a new container has no limit, no task and no hit, and the root has none of the files', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options });
  t.is(await guest.read(`${root}/a/numtasks.limit`), 'max\n');
  t.is(await guest.read(`${root}/a/numtasks.count`), '0\n');
  t.is(await guest.read(`${root}/a/numtasks.limit_hits`), '0\n');
  t.deepEqual(
    (await guest.readdir(root)).filter((name) => name.startsWith('numtasks')),
    [],
  );
});

for (const [written, shown] of [
  ['0', '0'],
  ['1', '1'],
  [' 7\n', '7'],
  ['max\n', 'max'],
  ['007', '7'],
  ['2147483647', '2147483647'],
  ['2147483648', '2147483648'],
  ['4294967295', '4294967295'],
  ['4294967296', '4294967296'],
  ['18446744073709551614', '18446744073709551614'],
] as const) {
  test(`a limit of ${JSON.stringify(written)} is taken and lets nobody in beyond it`, async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context, { options });
    await guest.write(`${root}/a/numtasks.limit`, written);
    t.is(await guest.read(`${root}/a/numtasks.limit`), `${shown}\n`);
    const child = await guest.fork();
    t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), shown === '0' ? 'ENOSPC' : 'none');
  });
}

test('anything else than a number or "max" is EINVAL, and the limit stays', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options });
  await guest.write(`${root}/a/numtasks.limit`, '5');
  for (const text of [
    '-1',
    '+1',
    'maximum',
    'x',
    '1 2',
    '0x10',
    '\n',
    '18446744073709551615',
    '18446744073709551616',
  ]) {
    t.is(await errnoOf(guest.write(`${root}/a/numtasks.limit`, text)), 'EINVAL', JSON.stringify(text));
    t.is(await guest.read(`${root}/a/numtasks.limit`), '5\n');
  }
  t.is(await errnoOf(guest.write(`${root}/a/numtasks.count`, '0')), 'EINVAL');
});

test('the hits start again at 0, and take nothing else: EINVAL', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options });
  await guest.write(`${root}/a/numtasks.limit`, '0');
  const child = await guest.fork();
  t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), 'ENOSPC');
  t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), 'ENOSPC');
  t.is(await figure(guest, `${root}/a`, 'limit_hits'), 2);
  for (const text of ['1', '-1', 'x'])
    t.is(await errnoOf(guest.write(`${root}/a/numtasks.limit_hits`, text)), 'EINVAL');
  t.is(await figure(guest, `${root}/a`, 'limit_hits'), 2);
  await guest.write(`${root}/a/numtasks.limit_hits`, '0');
  t.is(await figure(guest, `${root}/a`, 'limit_hits'), 0);
});

test('a limit below the count makes nobody leave and is a hit; nobody comes until the count has fallen', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options });
  const tasks = [await guest.fork(), await guest.fork(), await guest.fork()];
  for (const { pid } of tasks) await attach(guest, pid, `${root}/a`);
  await guest.write(`${root}/a/numtasks.limit`, '3');
  t.is(await figure(guest, `${root}/a`, 'limit_hits'), 0);
  await guest.write(`${root}/a/numtasks.limit`, '2');
  t.is(await figure(guest, `${root}/a`, 'limit_hits'), 1);
  t.is((await tasksOf(guest, `${root}/a`)).length, 3);
  const [first, second, third] = tasks as [(typeof tasks)[0], (typeof tasks)[0], (typeof tasks)[0]];
  t.is(await errnoOf(first.fork()), 'EAGAIN');
  await second.exit(0);
  t.is(await errnoOf(first.fork()), 'EAGAIN');
  await third.exit(0);
  t.is(await figure(guest, `${root}/a`, 'count'), 1);
  await first.fork();
  t.is(await figure(guest, `${root}/a`, 'limit_hits'), 3);
});

test('the limit of a parent holds for a child that has none, and is the one that is hit', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options });
  for (const name of ['a', 'a/b', 'a/b/c']) await guest.mkdir(`${root}/${name}`);
  await guest.write(`${root}/a/numtasks.limit`, '1');
  const [child, other] = [await guest.fork(), await guest.fork()];
  await attach(guest, child.pid, `${root}/a/b/c`);
  t.is(await errnoOf(child.fork()), 'EAGAIN');
  t.is(await errnoOf(attach(guest, other.pid, `${root}/a/b`)), 'ENOSPC');
  for (const [name, hits] of [
    ['a', 2],
    ['a/b', 0],
    ['a/b/c', 0],
  ] as const) {
    t.is(await figure(guest, `${root}/${name}`, 'count'), 1, name);
    t.is(await figure(guest, `${root}/${name}`, 'limit_hits'), hits, name);
  }
});

test('a move within the subtree of a full parent is fine', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options });
  for (const name of ['a', 'a/b', 'a/c', 'a/c/d']) await guest.mkdir(`${root}/${name}`);
  await guest.write(`${root}/a/numtasks.limit`, '1');
  const child = await guest.fork();
  for (const [name, b, c, d] of [
    ['a', 0, 0, 0],
    ['a/b', 1, 0, 0],
    ['a/c/d', 0, 1, 1],
    ['a/c', 0, 1, 0],
    ['a/b', 1, 0, 0],
  ] as const) {
    await attach(guest, child.pid, `${root}/${name}`);
    t.is(await figure(guest, `${root}/a`, 'count'), 1, name);
    t.is(await figure(guest, `${root}/a/b`, 'count'), b, name);
    t.is(await figure(guest, `${root}/a/c`, 'count'), c, name);
    t.is(await figure(guest, `${root}/a/c/d`, 'count'), d, name);
  }
  await attach(guest, child.pid, root);
  for (const name of ['a', 'a/b', 'a/c', 'a/c/d']) t.is(await figure(guest, `${root}/${name}`, 'count'), 0, name);
  t.is(await figure(guest, `${root}/a`, 'limit_hits'), 0);
});

test('a limit stays over a rename, and over umount and mount again', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options });
  await guest.write(`${root}/a/numtasks.limit`, '4');
  await guest.rename(`${root}/a`, `${root}/b`);
  t.is(await guest.read(`${root}/b/numtasks.limit`), '4\n');
  await guest.umount(root);
  await mountHierarchy(context, { options });
  t.is(await guest.read(`${root}/b/numtasks.limit`), '4\n');
});

test('a remount adds the subsystem and takes it away', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'test1' });
  await remount(context, root, 'test1,numtasks');
  await guest.mkdir(`${root}/a`);
  t.true(await guest.exists(`${root}/a/numtasks.limit`));
  await guest.rmdir(`${root}/a`);
  await remount(context, root, 'test1');
  await guest.mkdir(`${root}/a`);
  t.false(await guest.exists(`${root}/a/numtasks.limit`));
});

test('a container with a limit and no task is removed', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options });
  await guest.write(`${root}/a/numtasks.limit`, '1');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
  await child.exit(0);
  await guest.until('it is removed', async () => (await errnoOf(guest.rmdir(`${root}/a`))) === 'none');
  t.false(await guest.exists(`${root}/a`));
});

test('the limit is for root to write unless it is given away, the count for nobody', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options });
  t.is((await guest.stat(`${root}/a/numtasks.limit`)).mode & 0o777, 0o644);
  t.is((await guest.stat(`${root}/a/numtasks.count`)).mode & 0o777, 0o444);
  const user = await guest.fork();
  await user.setIds({ uid: 1000, gid: 1000 });
  t.is(await errnoOf(user.write(`${root}/a/numtasks.limit`, '1')), 'EACCES');
  await guest.chown(`${root}/a/numtasks.limit`, 1000, 1000);
  await user.write(`${root}/a/numtasks.limit`, '1');
  t.is(await guest.read(`${root}/a/numtasks.limit`), '1\n');
});
