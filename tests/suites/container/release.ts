import { errnoOf } from '../lib/errno.ts';
import { attach, mountHierarchy, mountWithContainer, mountWithTask } from '../lib/hierarchy.ts';
import { makeContainer, useOnce } from '../lib/release.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit', 'release'] });

test('a new container does not notify', { differs: ['inherits-notify'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.write(`${root}/notify_on_release`, '1');
  await guest.mkdir(`${root}/a`);
  t.is(await guest.read(`${root}/a/notify_on_release`), '0\n');
  await guest.write(`${root}/a/notify_on_release`, '1');
  await guest.mkdir(`${root}/a/b`);
  t.is(await guest.read(`${root}/a/b/notify_on_release`), '0\n');
});

test(
  'notify_on_release is 1 after any number but 0, and 0 after 0',
  { differs: ['einval-for-eio'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    const file = `${root}/a/notify_on_release`;
    for (const [written, expected] of [
      ['1', '1\n'],
      ['0', '0\n'],
      ['7\n', '1\n'],
      ['0\n', '0\n'],
      ['1\n', '1\n'],
      ['nonsense', '0\n'],
    ] as const) {
      await guest.write(file, written);
      t.is(await guest.read(file), expected, JSON.stringify(written));
    }
  },
);

test('releasable is 0 at first and cannot be written: EINVAL', { differs: ['no-releasable'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  t.is(await guest.read(`${root}/a/releasable`), '0\n');
  t.is(await errnoOf(guest.write(`${root}/a/releasable`, '1')), 'EINVAL');
  t.is(await guest.read(`${root}/a/releasable`), '0\n');
});

test(
  'releasable is 1 once a task has moved out, also with new tasks inside',
  { differs: ['no-releasable'] },
  async (t, context) => {
    const { guest } = context;
    const { root, child } = await mountWithTask(context);
    t.is(await guest.read(`${root}/a/releasable`), '0\n');
    await attach(guest, child.pid, root);
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
    await attach(guest, child.pid, `${root}/a`);
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
  },
);

test(
  'moving a task to where it is does not make a container releasable',
  { differs: ['no-releasable'] },
  async (t, context) => {
    const { guest } = context;
    const { root, child } = await mountWithTask(context);
    await attach(guest, child.pid, `${root}/a`);
    t.is(await guest.read(`${root}/a/releasable`), '0\n');
  },
);

test('releasable is 1 once a child was removed', { differs: ['no-releasable'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.mkdir(`${root}/a/b`);
  t.is(await guest.read(`${root}/a/releasable`), '0\n');
  await guest.rmdir(`${root}/a/b`);
  t.is(await guest.read(`${root}/a/releasable`), '1\n');
});

test(
  'releasable is 1 once the last task exited from a container that notifies',
  { differs: ['no-releasable'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    await makeContainer(guest, `${root}/a`);
    await useOnce(guest, `${root}/a`);
    await guest.until('the exit shows', async () => (await guest.read(`${root}/a/releasable`)) === '1\n');
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
  },
);

test('any write to notify_on_release clears releasable', { differs: ['no-releasable'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  for (const written of ['1', '0', '1', '1', '0', '0']) {
    await guest.mkdir(`${root}/a/b`);
    await guest.rmdir(`${root}/a/b`);
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
    await guest.write(`${root}/a/notify_on_release`, written);
    t.is(await guest.read(`${root}/a/releasable`), '0\n', `after writing ${written}`);
  }
});

test('the agent is a path that can be read and written in the root only', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  t.false(await guest.exists(`${root}/a/release_agent`));
  await guest.write(`${root}/release_agent`, '/one');
  t.is(await guest.read(`${root}/release_agent`), '/one\n');
  await guest.write(`${root}/release_agent`, '/two\n');
  t.is(await guest.read(`${root}/release_agent`), '/two\n');
});

test('only one line end is taken off an agent path', { differs: ['agent-stripped'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.write(`${root}/release_agent`, '/two\n\n');
  t.is(await guest.read(`${root}/release_agent`), '/two\n\n');
});

test('an agent path of PATH_MAX bytes is E2BIG, and the old one stays', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.write(`${root}/release_agent`, '/old');
  t.is(await errnoOf(guest.write(`${root}/release_agent`, `/${'a'.repeat(4095)}`)), 'E2BIG');
  t.is(await guest.read(`${root}/release_agent`), '/old\n');
});

test('the mount option sets the agent', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountHierarchy(context, { options: `${dialect.plainSubsystems[0]},release_agent=/agent` });
  t.is(await guest.read(`${root}/release_agent`), '/agent\n');
});

test('each hierarchy has its own agent', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: `${first},release_agent=/one` });
  const two = await mountHierarchy(context, { options: `${second},release_agent=/two`, at: '/dev/two' });
  t.is(await guest.read(`${one}/release_agent`), '/one\n');
  t.is(await guest.read(`${two}/release_agent`), '/two\n');
});
