/** What is undone leaves nothing behind, and what is refused changes nothing. */
import { errnoOf } from '../lib/errno.ts';
import { attach, mountHierarchy, mountWithContainer, mountWithTask, remount, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks'] });

test(
  'an rmdir that one subsystem refuses leaves those of the others as they were',
  { differs: ['no-veto'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    await guest.write(`${root}/a/test1.hold`, '1');
    t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
    // A reference can be taken, so the container counts as alive for this one too.
    await guest.write(`${root}/a/test0.hold`, '1');
    await guest.write(`${root}/a/test1.hold`, '0');
    t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
    await guest.write(`${root}/a/test0.hold`, '0');
    await guest.rmdir(`${root}/a`);
    t.false(await guest.exists(`${root}/a`));
  },
);

test(
  'a move to where the task is succeeds, though a subsystem would refuse it',
  { differs: ['no-veto'] },
  async (t, context) => {
    const { guest } = context;
    const { root, child } = await mountWithTask(context);
    await guest.write(`${root}/a/test0.veto`, '1');
    await attach(guest, child.pid, `${root}/a`);
    t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
  },
);

test(
  'a remount takes the files of a subsystem away with it, and those of the others stay',
  { differs: ['remount-limited'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const [first, second] = dialect.plainSubsystems;
    const root = await mountHierarchy(context);
    const all = await guest.readdir(root);
    const of = (name: string): string[] => all.filter((file) => file.startsWith(`${name}.`)).sort();
    t.true(of(first).length > 0);
    for (const [stays, goes] of [
      [second, first],
      [first, second],
    ] as const) {
      await remount(context, root, stays);
      const now = await guest.readdir(root);
      t.deepEqual(now.filter((file) => file.startsWith(`${stays}.`)).sort(), of(stays));
      t.deepEqual(
        now.filter((file) => file.startsWith(`${goes}.`)),
        [],
      );
      await remount(context, root, `${first},${second}`);
      t.deepEqual([...(await guest.readdir(root))].sort(), [...all].sort());
    }
  },
);

test(
  'a remount that names no subsystem keeps them, and sets the agent that it names',
  { needs: ['release'], differs: ['remount-needs-names'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const [first] = dialect.plainSubsystems;
    const root = await mountHierarchy(context, { options: `${first},release_agent=/old` });
    await remount(context, root, 'release_agent=/new');
    t.is(await guest.read(`${root}/release_agent`), '/new\n');
    t.true((await guest.readdir(root)).includes(dialect.plainFile));
    await remount(context, root, 'release_agent=');
    t.is(await guest.read(`${root}/release_agent`), '\n');
  },
);

test('"noprefix" cannot be added by a remount: EINVAL', { differs: ['remount-limited'] }, async (t, context) => {
  const { guest, dialect } = context;
  const [first] = dialect.plainSubsystems;
  const root = await mountHierarchy(context, { options: first });
  const before = await guest.readdir(root);
  t.is(await errnoOf(remount(context, root, `${first},noprefix`)), 'EINVAL');
  t.deepEqual(await guest.readdir(root), before);
});

test('a plain file is refused as one that nobody may make: EACCES or EPERM', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  for (const file of [`${root}/file`, `${root}/a/file`]) {
    t.true(['EACCES', 'EPERM'].includes(await errnoOf(guest.write(file, 'x', { create: true }))));
  }
});

test('a container moves to no other parent (EIO) and to no name that is taken (EEXIST), a control file nowhere (ENOTDIR)', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountHierarchy(context);
  for (const name of ['a', 'b', 'b/c']) await guest.mkdir(`${root}/${name}`);
  t.is(await errnoOf(guest.rename(`${root}/a`, `${root}/b/a`)), 'EIO');
  t.is(await errnoOf(guest.rename(`${root}/a`, `${root}/b`)), 'EEXIST');
  t.is(await errnoOf(guest.rename(`${root}/a/${dialect.plainFile}`, `${root}/a/other`)), 'ENOTDIR');
  for (const name of ['a', 'b', 'b/c', `a/${dialect.plainFile}`]) t.true(await guest.exists(`${root}/${name}`), name);
});

test('a read through a file kept open after the container was removed is ENODEV', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountWithContainer(context);
  const file = await guest.open(`${root}/a/${dialect.plainSetting.file}`, 'r');
  await guest.rmdir(`${root}/a`);
  t.is(await errnoOf(file.read()), 'ENODEV');
});

test(
  'every task that there is has been born for a subsystem that counts births',
  { needs: ['fork-exit'], differs: ['no-veto'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    // Nothing has been moved, so who was born and has not exited is here. Workers come and go meanwhile.
    await guest.until('the numbers agree', async () => {
      const forks = Number(await guest.read(`${root}/test0.forks`));
      const exits = Number(await guest.read(`${root}/test0.exits`));
      return forks - exits === (await tasksOf(guest, root)).length;
    });
    t.pass();
  },
);

test(
  'kernel threads are born in the root, wherever the thread that makes them is',
  { needs: ['fork-exit', 'release'], differs: ['kernel-threads-follow'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const root = await mountHierarchy(context, {
      options: [...dialect.plainSubsystems, 'release_agent=/bin/unload'].join(','),
    });
    const kthreadd = 2;
    await guest.mkdir(`${root}/a`);
    await attach(guest, kthreadd, `${root}/a`);
    // Agents run in workers, of which there are soon too few.
    t.is((await guest.run(['load', 'release', '60', root])).status, 0);
    t.deepEqual(await tasksOf(guest, `${root}/a`), [kthreadd]);
    await attach(guest, kthreadd, root);
    await guest.rmdir(`${root}/a`);
  },
);
