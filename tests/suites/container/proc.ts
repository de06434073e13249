import type { HierarchyLine, Membership } from '../lib/dialect.ts';
import { attach, mountHierarchy, mountWithChild, mountWithContainer, mountWithTask } from '../lib/hierarchy.ts';
import type { ContainerContext } from '../lib/suite.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit', 'proc'] });

async function memberships(
  { guest, dialect }: ContainerContext,
  pid: number | 'self',
  tid?: number,
): Promise<Membership[]> {
  return dialect.parseTask(await guest.read(dialect.taskFile(pid, tid)));
}

async function hierarchies({ guest, dialect }: ContainerContext): Promise<HierarchyLine[]> {
  return dialect.parseAll(await guest.read(dialect.allFile)).hierarchies;
}

test('a task has no line while no hierarchy is active', async (t, context) => {
  t.deepEqual(await memberships(context, 1), []);
});

test('a task has one line for each active hierarchy, with its subsystems and its container', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: first });
  await mountHierarchy(context, { options: second, at: '/dev/two' });
  await guest.mkdir(`${one}/a`);
  await guest.mkdir(`${one}/a/b`);
  const child = await guest.fork();
  await attach(guest, child.pid, `${one}/a/b`);
  const lines = await memberships(context, child.pid);
  t.deepEqual(
    lines.sort((a, b) => a.path.localeCompare(b.path)),
    [
      { subsystems: [second], path: '/' },
      { subsystems: [first], path: '/a/b' },
    ],
  );
});

test('the subsystems of one hierarchy stand on one line', async (t, context) => {
  const { dialect } = context;
  await mountHierarchy(context);
  const [line, ...more] = await memberships(context, 'self');
  t.deepEqual([...(line?.subsystems ?? [])].sort(), [...dialect.plainSubsystems].sort());
  t.is(line?.path, '/');
  t.deepEqual(more, []);
});

test('a thread has a file of its own', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  const thread = await child.thread();
  await attach(guest, thread, `${root}/a`);
  t.is((await memberships(context, child.pid))[0]?.path, '/');
  t.is((await memberships(context, child.pid, thread))[0]?.path, '/a');
  t.is((await memberships(context, child.pid, child.pid))[0]?.path, '/');
});

test('a renamed container shows by its new name', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context);
  await guest.rename(`${root}/a`, `${root}/b`);
  t.is((await memberships(context, child.pid))[0]?.path, '/b');
});

test('a child shows the container of its parent', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  const child = await parent.fork();
  t.deepEqual(await memberships(context, child.pid), await memberships(context, parent.pid));
});

test(
  'a task that has exited and waits for its parent is in the root',
  { differs: ['zombie-moves'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    const parent = Number(
      await guest.sh(`sh -c 'echo 0 >${root}/a/tasks; true & exec sleep 1000' >/dev/null 2>&1 & echo $!`),
    );
    let zombie = 0;
    await guest.until('the child has exited', async () => {
      for (const name of (await guest.readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
        const stat = await guest.read(`/proc/${name}/stat`).catch(() => '');
        const [, state, parentPid] = /^\d+ \(.*\) (\S) (\d+)/.exec(stat) ?? [];
        if (state === 'Z' && Number(parentPid) === parent) zombie = Number(name);
      }
      return zombie > 0;
    });
    t.is((await memberships(context, parent))[0]?.path, '/a');
    t.is((await memberships(context, zombie))[0]?.path, '/');
  },
);

test(
  'the file about all lists the active hierarchies with the number of their containers',
  { differs: ['no-hierarchy-lines'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const [first, second] = dialect.plainSubsystems;
    t.deepEqual(await hierarchies(context), []);
    const one = await mountHierarchy(context, { options: first });
    await mountHierarchy(context, { options: second, at: '/dev/two' });
    await guest.mkdir(`${one}/a`);
    await guest.mkdir(`${one}/a/b`);
    const count = async (name: string): Promise<number | undefined> =>
      (await hierarchies(context)).find((line) => line.subsystems.includes(name))?.containers;
    t.is(await count(first), 3);
    t.is(await count(second), 1);
    await guest.rmdir(`${one}/a/b`);
    t.is(await count(first), 2);
  },
);

test('a hierarchy that has ended is not listed', { differs: ['no-hierarchy-lines'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  t.is((await hierarchies(context)).length, 1);
  await guest.umount(root);
  t.deepEqual(await hierarchies(context), []);
});

test('the file about all lists every subsystem, and which of them share a hierarchy', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const where = async (name: string): Promise<string | undefined> =>
    dialect.parseAll(await guest.read(dialect.allFile)).subsystems.find((line) => line.name === name)?.hierarchy;
  const unmounted = await where(first);
  t.is(await where(second), unmounted);
  const root = await mountHierarchy(context);
  const shared = await where(first);
  t.not(shared, unmounted);
  t.is(await where(second), shared);
  await guest.umount(root);
  // Some implementations take a hierarchy apart a moment after its last mount.
  await guest.until('the hierarchy has ended', async () => (await where(first)) === unmounted);
  await mountHierarchy(context, { options: first });
  await mountHierarchy(context, { options: second, at: '/dev/two' });
  t.not(await where(first), await where(second));
});

test('a mount without options has every subsystem that is listed', async (t, context) => {
  const { guest, dialect } = context;
  const listed = dialect.parseAll(await guest.read(dialect.allFile)).subsystems.map(({ name }) => name);
  await mountHierarchy(context, { options: '' });
  t.deepEqual([...((await memberships(context, 'self'))[0]?.subsystems ?? [])].sort(), listed.sort());
});

test(
  'the file about all shows what keeps a hierarchy: its mounts and its containers below the root',
  { differs: ['no-hierarchy-lines'] },
  async (t, context) => {
    const { guest } = context;
    const active = async (): Promise<number | undefined> => (await hierarchies(context))[0]?.active;
    const root = await mountHierarchy(context);
    t.is(await active(), 1);
    await guest.mkdir(`${root}/a`);
    await guest.mkdir(`${root}/a/b`);
    t.is(await active(), 3);
    await mountHierarchy(context, { at: '/dev/two' });
    // Two mounts of one superblock; whether the second counts is the business of the file system.
    const both = (await active()) ?? 0;
    t.true(both === 3 || both === 4);
    await guest.umount('/dev/two');
    await guest.umount(root);
    t.is(await active(), 2);
    await mountHierarchy(context);
    t.is(await active(), 3);
    await guest.rmdir(`${root}/a/b`);
    await guest.rmdir(`${root}/a`);
    await guest.until('they have gone', async () => (await active()) === 1);
  },
);

test(
  'the subsystems are listed in the order of their indexes',
  { differs: ['no-hierarchy-lines'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const { subsystems } = dialect.parseAll(await guest.read(dialect.allFile));
    t.true(subsystems.length >= 2);
    t.deepEqual(
      subsystems.map(({ index }) => index),
      [...subsystems.keys()],
    );
  },
);

test(
  'what would end a line is written in octal in the path of a task',
  { differs: ['paths-as-they-are'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    const child = await guest.fork();
    for (const [name, shown] of [
      ['a\nb', 'a\\012b'],
      ['a\\b', 'a\\134b'],
      ['a b:c', 'a b:c'],
    ] as const) {
      await guest.mkdir(`${root}/${name}`);
      await attach(guest, child.pid, `${root}/${name}`);
      t.is((await memberships(context, child.pid))[0]?.path, `/${shown}`);
    }
  },
);
