import { errnoOf } from '../lib/errno.ts';
import { mountedOptions, mountHierarchy, mountWithContainer, remount, tryMount } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems'] });

test('a mount without options has every subsystem', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const root = await mountHierarchy(context, { options: '' });
  const shown = await mountedOptions(guest, root);
  t.true(shown.includes(first) && shown.includes(second), `shown: ${shown.join(',')}`);
  t.is(await tryMount(context, { options: first, at: '/dev/other' }), 'EBUSY');
  t.is(await tryMount(context, { options: second, at: '/dev/other' }), 'EBUSY');
});

test('the option "all" asks for every subsystem, as no option does', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'all' });
  const again = await mountHierarchy(context, { options: '', at: '/dev/again' });
  await guest.mkdir(`${root}/a`);
  t.true(await guest.exists(`${again}/a`));
  t.deepEqual(await mountedOptions(guest, root), await mountedOptions(guest, again));
});

test('a mount has the subsystems that it names and no other', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: first });
  t.deepEqual(await mountedOptions(guest, one), [first]);
  const two = await mountHierarchy(context, { options: second, at: '/dev/two' });
  t.deepEqual(await mountedOptions(guest, two), [second]);
});

test('several subsystems are named with commas, in any order', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: `${second},${first}` });
  t.deepEqual((await mountedOptions(guest, one)).sort(), [first, second].sort());
  const two = await mountHierarchy(context, { options: `${first},${second}`, at: '/dev/two' });
  await guest.mkdir(`${two}/a`);
  t.true(await guest.exists(`${one}/a`));
});

test('the files of a subsystem have its name in front', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountWithContainer(context);
  const names = await guest.readdir(`${root}/a`);
  t.true(names.includes(dialect.plainFile), `files: ${names.join(' ')}`);
  t.false(names.includes(dialect.plainFile.replace(/^.*?\./, '')));
});

test(
  'with "noprefix" the files of a subsystem have no name in front',
  { differs: ['noprefix-limited'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const [first] = dialect.plainSubsystems;
    const root = await mountWithContainer(context, { options: `${first},noprefix` });
    for (const container of [root, `${root}/a`]) {
      const names = await guest.readdir(container);
      t.true(names.includes(dialect.plainFile.replace(/^.*?\./, '')), `files: ${names.join(' ')}`);
      t.false(names.includes(dialect.plainFile));
    }
    t.deepEqual(await mountedOptions(guest, root), [first, 'noprefix']);
  },
);

test(
  'an unknown name is ENOENT, alone and beside a known one',
  { differs: ['einval-for-unknown'] },
  async (t, context) => {
    const [first] = context.dialect.plainSubsystems;
    t.is(await tryMount(context, { options: 'nonsense' }), 'ENOENT');
    t.is(await tryMount(context, { options: `${first},nonsense` }), 'ENOENT');
    t.is(await tryMount(context, { options: `${first}x` }), 'ENOENT');
    // Nothing of the failed mounts is left.
    t.is(await tryMount(context, { options: first }), 'none');
  },
);

test(
  'a hierarchy is never empty: no subsystem is EINVAL',
  { differs: ['empty-option-ignored'] },
  async (t, context) => {
    const [first] = context.dialect.plainSubsystems;
    t.is(await tryMount(context, { options: 'noprefix' }), 'EINVAL');
    t.is(await tryMount(context, { options: `${first},` }), 'EINVAL');
    t.is(await tryMount(context, { options: ',' }), 'EINVAL');
    t.is(await tryMount(context, { options: `,${first}` }), 'EINVAL');
    t.is(await tryMount(context, { options: first }), 'none');
  },
);

test(
  'only a release agent is no subsystem: EINVAL',
  { needs: ['release'], differs: ['agent-alone-is-all'] },
  async (t, context) => {
    t.is(await tryMount(context, { options: 'release_agent=/agent' }), 'EINVAL');
    t.is(await tryMount(context, { options: 'noprefix,release_agent=/agent' }), 'EINVAL');
  },
);

test('a release agent that is given twice is EINVAL', { needs: ['release'] }, async (t, context) => {
  const [first] = context.dialect.plainSubsystems;
  t.is(await tryMount(context, { options: `${first},release_agent=/a,release_agent=/b` }), 'EINVAL');
  t.is(await tryMount(context, { options: `${first},release_agent=/a,release_agent=/a` }), 'EINVAL');
});

test('a second mount of exactly the same subsystems shows the same tree', async (t, context) => {
  const { guest } = context;
  const one = await mountHierarchy(context);
  await guest.mkdir(`${one}/before`);
  const two = await mountHierarchy(context, { at: '/dev/two' });
  t.true(await guest.exists(`${two}/before`));
  await guest.mkdir(`${two}/after`);
  t.true(await guest.exists(`${one}/after`));
  await guest.rmdir(`${one}/before`);
  t.false(await guest.exists(`${two}/before`));
});

test('any other overlap with an active hierarchy is EBUSY', async (t, context) => {
  const { dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  await mountHierarchy(context, { options: first });
  t.is(await tryMount(context, { options: `${first},${second}`, at: '/dev/two' }), 'EBUSY');
  t.is(await tryMount(context, { options: 'all', at: '/dev/two' }), 'EBUSY');
  t.is(await tryMount(context, { options: '', at: '/dev/two' }), 'EBUSY');
  // What the failed mounts asked for besides is still free.
  t.is(await tryMount(context, { options: second, at: '/dev/two' }), 'none');
});

test('a part of an active hierarchy is an overlap: EBUSY', async (t, context) => {
  const [first, second] = context.dialect.plainSubsystems;
  await mountHierarchy(context);
  t.is(await tryMount(context, { options: first, at: '/dev/two' }), 'EBUSY');
  t.is(await tryMount(context, { options: second, at: '/dev/two' }), 'EBUSY');
});

test('a hierarchy with child containers outlives its mount', async (t, context) => {
  const { guest, dialect } = context;
  const [first] = dialect.plainSubsystems;
  const root = await mountWithContainer(context);
  await guest.mkdir(`${root}/a/b`);
  await guest.umount(root);
  t.false(await guest.exists(`${root}/a`));
  t.is(await tryMount(context, { options: first }), 'EBUSY');
  await mountHierarchy(context);
  t.true(await guest.exists(`${root}/a/b`));
});

test(
  'a hierarchy without child containers ends with its mount, and its subsystems are free',
  { differs: ['removed-lingers'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const [first, second] = dialect.plainSubsystems;
    const root = await mountWithContainer(context);
    await guest.rmdir(`${root}/a`);
    await guest.umount(root);
    t.is(await tryMount(context, { options: first }), 'none');
    t.is(await tryMount(context, { options: second, at: '/dev/two' }), 'none');
  },
);

test(
  'a hierarchy that outlived its mount ends when it is empty and unmounted again',
  { differs: ['removed-lingers'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const root = await mountWithContainer(context);
    await guest.umount(root);
    await mountHierarchy(context);
    await guest.rmdir(`${root}/a`);
    await guest.umount(root);
    t.is(await tryMount(context, { options: dialect.plainSubsystems[0] }), 'none');
  },
);

test(
  'a hierarchy lives until the last of its mounts has gone',
  { differs: ['removed-lingers'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const one = await mountHierarchy(context);
    const two = await mountHierarchy(context, { at: '/dev/two' });
    await guest.umount(one);
    await guest.mkdir(`${two}/a`);
    t.true(await guest.exists(`${two}/a`));
    t.is(await tryMount(context, { options: dialect.plainSubsystems[0] }), 'EBUSY');
    await guest.rmdir(`${two}/a`);
    await guest.umount(two);
    t.is(await tryMount(context, { options: dialect.plainSubsystems[0] }), 'none');
  },
);

test('a hierarchy can be mounted and unmounted many times', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  for (const options of [first, second, `${first},${second}`, first, `${first},${second}`, second]) {
    const root = await mountHierarchy(context, { options });
    t.deepEqual((await mountedOptions(guest, root)).join(','), options);
    await guest.umount(root);
  }
});

test(
  'a remount with other subsystems changes a hierarchy without children',
  { differs: ['remount-limited'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const [first, second] = dialect.plainSubsystems;
    const root = await mountHierarchy(context, { options: second });
    t.false((await guest.readdir(root)).includes(dialect.plainFile));
    await remount(context, root, `${first},${second}`);
    t.deepEqual((await mountedOptions(guest, root)).sort(), [first, second].sort());
    t.true((await guest.readdir(root)).includes(dialect.plainFile));
    await remount(context, root, first);
    t.deepEqual(await mountedOptions(guest, root), [first]);
    t.is(await tryMount(context, { options: second, at: '/dev/two' }), 'none');
  },
);

test('a remount cannot take a subsystem from another hierarchy: EBUSY, and nothing changes', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: first });
  const two = await mountHierarchy(context, { options: second, at: '/dev/two' });
  t.is(await errnoOf(remount(context, one, `${first},${second}`)), 'EBUSY');
  t.deepEqual(await mountedOptions(guest, one), [first]);
  t.deepEqual(await mountedOptions(guest, two), [second]);
});

test('a remount with other subsystems is EBUSY while there are children, and nothing changes', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const root = await mountWithContainer(context, { options: first });
  const before = await guest.readdir(root);
  t.is(await errnoOf(remount(context, root, `${first},${second}`)), 'EBUSY');
  t.deepEqual(await mountedOptions(guest, root), [first]);
  t.deepEqual(await guest.readdir(root), before);
  t.is(await tryMount(context, { options: second, at: '/dev/two' }), 'none');
});

test(
  'a remount with the same subsystems is fine while there are children',
  { differs: ['no-remount-with-children'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const options = dialect.plainSubsystems.join(',');
    const root = await mountWithContainer(context);
    t.is(await errnoOf(remount(context, root, options)), 'none');
    t.true(await guest.exists(`${root}/a`));
  },
);

test(
  'a refused remount leaves the release agent as it was',
  { needs: ['release'], differs: ['refused-remount-sets-agent'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const [first, second] = dialect.plainSubsystems;
    const root = await mountWithContainer(context, { options: `${first},release_agent=/old` });
    t.is(await errnoOf(remount(context, root, `${first},${second},release_agent=/new`)), 'EBUSY');
    t.is(await guest.read(`${root}/release_agent`), '/old\n');
  },
);

test('a remount keeps the release agent unless the option is given', { needs: ['release'] }, async (t, context) => {
  const { guest, dialect } = context;
  const [first] = dialect.plainSubsystems;
  const root = await mountHierarchy(context, { options: `${first},release_agent=/old` });
  await remount(context, root, first);
  t.is(await guest.read(`${root}/release_agent`), '/old\n');
  await remount(context, root, `${first},release_agent=/new`);
  t.is(await guest.read(`${root}/release_agent`), '/new\n');
});

test('/proc/mounts shows a release agent, and none where it is empty', { needs: ['release'] }, async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const root = await mountHierarchy(context, { options: `${first},release_agent=/agent` });
  t.deepEqual(await mountedOptions(guest, root), [first, 'release_agent=/agent']);
  const without = await mountHierarchy(context, { options: second, at: '/dev/two' });
  t.deepEqual(await mountedOptions(guest, without), [second]);
});
