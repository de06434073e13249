import { errnoOf } from '../lib/errno.ts';
import { mountHierarchy, mountWithContainer } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems'] });

test('a child container has every control file', async (t, context) => {
  const { guest, dialect, has } = context;
  const root = await mountWithContainer(context);
  await guest.mkdir(`${root}/a/b`);
  const expected = [...dialect.controlFiles(has), ...dialect.plainFiles(has)].sort();
  t.deepEqual((await guest.readdir(`${root}/a`)).filter((name) => name !== 'b').sort(), expected);
  t.deepEqual((await guest.readdir(`${root}/a/b`)).sort(), expected);
});

test('the root has the files of a container and those of the hierarchy', async (t, context) => {
  const { guest, dialect, has } = context;
  const root = await mountHierarchy(context);
  const names = new Set(await guest.readdir(root));
  t.true(names.size > 0);
  for (const name of [...dialect.controlFiles(has), ...dialect.rootFiles(has)]) t.true(names.has(name), name);
  await guest.mkdir(`${root}/a`);
  const child = new Set(await guest.readdir(`${root}/a`));
  for (const name of dialect.rootFiles(has)) t.false(child.has(name), name);
});

test('rmdir removes a container', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.rmdir(`${root}/a`);
  t.false(await guest.exists(`${root}/a`));
  t.false((await guest.readdir(root)).includes('a'));
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'ENOENT');
});

test('a removed name can be used again, for a container in its first state', async (t, context) => {
  const { guest, dialect } = context;
  const file = `${await mountHierarchy(context)}/a`;
  await guest.mkdir(file);
  const fresh = await guest.read(`${file}/${dialect.plainSetting.file}`);
  await guest.write(`${file}/${dialect.plainSetting.file}`, dialect.plainSetting.value);
  t.not(await guest.read(`${file}/${dialect.plainSetting.file}`), fresh);
  await guest.rmdir(file);
  await guest.mkdir(file);
  t.is(await guest.read(`${file}/${dialect.plainSetting.file}`), fresh);
});

test('rmdir of a container with children is EBUSY', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.mkdir(`${root}/a/b`);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
  t.true(await guest.exists(`${root}/a/b`));
  await guest.rmdir(`${root}/a/b`);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'none');
});

test('rmdir of the root fails', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  t.is(await errnoOf(guest.rmdir(root)), 'EBUSY');
});

test('mkdir of an existing name is EEXIST, be it a container or a control file', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountWithContainer(context);
  t.is(await errnoOf(guest.mkdir(`${root}/a`)), 'EEXIST');
  t.is(await errnoOf(guest.mkdir(`${root}/a/${dialect.plainFile}`)), 'EEXIST');
});

test('mkdir below a container that is not there is ENOENT, below a control file ENOTDIR', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountWithContainer(context);
  t.is(await errnoOf(guest.mkdir(`${root}/none/b`)), 'ENOENT');
  t.is(await errnoOf(guest.mkdir(`${root}/a/${dialect.plainFile}/b`)), 'ENOTDIR');
});

test('a plain file cannot be created', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  for (const file of [`${root}/file`, `${root}/a/file`]) {
    t.not(await errnoOf(guest.write(file, 'x', { create: true })), 'none');
    t.false(await guest.exists(file));
  }
});

test('a control file cannot be removed: EPERM', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountWithContainer(context);
  t.is(await errnoOf(guest.unlink(`${root}/a/${dialect.plainFile}`)), 'EPERM');
  t.true(await guest.exists(`${root}/a/${dialect.plainFile}`));
  t.is(await errnoOf(guest.rmdir(`${root}/a/${dialect.plainFile}`)), 'ENOTDIR');
});

test('a container cannot be unlinked', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  t.not(await errnoOf(guest.unlink(`${root}/a`)), 'none');
  t.true(await guest.exists(`${root}/a`));
});

test(
  'a name of 255 bytes is fine, one more is ENAMETOOLONG',
  { differs: ['names-of-any-length'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    await guest.mkdir(`${root}/${'n'.repeat(255)}`);
    t.true((await guest.readdir(root)).includes('n'.repeat(255)));
    t.is(await errnoOf(guest.mkdir(`${root}/${'n'.repeat(256)}`)), 'ENAMETOOLONG');
  },
);

test(
  'a container is renamed to a name of 255 bytes, not to a longer one',
  { differs: ['names-of-any-length'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    const name = 'n'.repeat(255);
    await guest.rename(`${root}/a`, `${root}/${name}`);
    t.true((await guest.readdir(root)).includes(name));
    t.is(await errnoOf(guest.rename(`${root}/${name}`, `${root}/${name}n`)), 'ENAMETOOLONG');
  },
);

test('files that can be written are written by their owner alone, and read by all', async (t, context) => {
  const { guest, has } = context;
  const root = await mountWithContainer(context);
  for (const name of ['tasks', ...(has('release') ? ['notify_on_release'] : [])])
    t.is((await guest.stat(`${root}/a/${name}`)).mode, 0o644, name);
});

test('a name may hold blanks, colons and commas', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  for (const name of ['a b', 'a:b', 'a,b', '.a', 'é']) {
    await guest.mkdir(`${root}/${name}`);
    t.true((await guest.readdir(root)).includes(name), name);
    await guest.rmdir(`${root}/${name}`);
  }
});

test('containers nest as deep as one likes', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountHierarchy(context);
  const paths = [...Array(24).keys()].map((depth) => root + '/d'.repeat(depth + 1));
  for (const path of paths) await guest.mkdir(path);
  t.true(await guest.exists(`${paths.at(-1) ?? ''}/${dialect.plainFile}`));
  for (const path of paths.reverse()) await guest.rmdir(path);
  t.false((await guest.readdir(root)).includes('d'));
});

test('many containers beside each other are all listed', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  const names = [...Array(40).keys()].map((index) => `c${index}`);
  for (const name of names) await guest.mkdir(`${root}/${name}`);
  const listed = (await guest.readdir(root)).filter((name) => /^c\d+$/.test(name));
  t.deepEqual(listed.sort(), [...names].sort());
});

test('a container is renamed in its place and keeps its state', async (t, context) => {
  const { guest, dialect } = context;
  const { file, value } = dialect.plainSetting;
  const root = await mountWithContainer(context);
  await guest.mkdir(`${root}/a/inner`);
  await guest.write(`${root}/a/${file}`, value);
  const state = await guest.read(`${root}/a/${file}`);
  await guest.rename(`${root}/a`, `${root}/b`);
  t.false(await guest.exists(`${root}/a`));
  t.is(await guest.read(`${root}/b/${file}`), state);
  t.true(await guest.exists(`${root}/b/inner`));
});

test('a container cannot be moved below another one', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.mkdir(`${root}/b`);
  t.not(await errnoOf(guest.rename(`${root}/a`, `${root}/b/a`)), 'none');
  t.true(await guest.exists(`${root}/a`));
  t.false(await guest.exists(`${root}/b/a`));
});

test('a setting of one container is not seen in another', async (t, context) => {
  const { guest, dialect } = context;
  const { file, value } = dialect.plainSetting;
  const root = await mountWithContainer(context);
  await guest.mkdir(`${root}/b`);
  const before = await guest.read(`${root}/b/${file}`);
  await guest.write(`${root}/a/${file}`, value);
  t.is((await guest.read(`${root}/a/${file}`)).trim(), value.trim());
  t.is(await guest.read(`${root}/b/${file}`), before);
});

test(
  'a write of PATH_MAX bytes is E2BIG, one byte less is not',
  { differs: ['long-write-cut', 'no-refused-number'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const root = await mountWithContainer(context);
    const file = `${root}/a/${dialect.plainSetting.file}`;
    t.is(await errnoOf(guest.write(file, 'x'.repeat(4096))), 'E2BIG');
    t.is(await errnoOf(guest.write(file, 'x'.repeat(4095))), 'EINVAL');
  },
);

test('a write through a file kept open after the container was removed is ENODEV', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountWithContainer(context);
  const file = await guest.open(`${root}/a/${dialect.plainSetting.file}`, 'w');
  await guest.rmdir(`${root}/a`);
  t.is(await errnoOf(file.write(dialect.plainSetting.value)), 'ENODEV');
  await file.close();
});

test('a file kept open does not write into a new container of the same name', async (t, context) => {
  const { guest, dialect } = context;
  const { file, value } = dialect.plainSetting;
  const root = await mountWithContainer(context);
  const old = await guest.open(`${root}/a/${file}`, 'w');
  await guest.rmdir(`${root}/a`);
  await guest.mkdir(`${root}/a`);
  const before = await guest.read(`${root}/a/${file}`);
  t.is(await errnoOf(old.write(value)), 'ENODEV');
  t.is(await guest.read(`${root}/a/${file}`), before);
});

test('rmdir of a container that a subsystem refers to is EBUSY', { differs: ['no-veto'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.write(`${root}/a/test0.hold`, '1');
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
  t.is(await guest.read(`${root}/a/test0.hold`), '1\n');
  await guest.write(`${root}/a/test0.hold`, '0');
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'none');
});

test(
  'an rmdir that is refused leaves the references as they were',
  { needs: ['debug', 'tasks'], differs: ['no-veto'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context, { options: 'test0,test1,debug' });
    await guest.write(`${root}/a/test0.hold`, '1');
    t.is(await guest.read(`${root}/a/debug.container_refcount`), '1\n');
    t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
    t.is(await guest.read(`${root}/a/debug.container_refcount`), '1\n');
    await guest.write(`${root}/a/test0.hold`, '0');
    t.is(await guest.read(`${root}/a/debug.container_refcount`), '0\n');
  },
);
