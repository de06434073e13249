/** When `releasable` is set, and what the agent finds: sentences that have a negative half. */
import type { Guest } from 'quiltboot/suite';
import { attach, mountHierarchy, mountWithContainer, mountWithTask } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit', 'release'] });

async function releasable(guest: Guest, container: string): Promise<boolean> {
  return (await guest.read(`${container}/releasable`)) === '1\n';
}

test(
  'releasable stays 0 when the last task exits from a container that does not notify',
  { differs: ['no-releasable'] },
  async (t, context) => {
    const { guest } = context;
    const { root, child } = await mountWithTask(context);
    await child.exit(0);
    t.is(await guest.read(`${root}/a/tasks`), '');
    t.false(await releasable(guest, `${root}/a`));
  },
);

test('releasable stays 0 when a task exits and others stay', { differs: ['no-releasable'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.write(`${root}/a/notify_on_release`, '1');
  const [one, two] = [await guest.fork(), await guest.fork()];
  for (const { pid } of [one, two]) await attach(guest, pid, `${root}/a`);
  await one.exit(0);
  t.is(await guest.read(`${root}/a/tasks`), `${two.pid}\n`);
  t.false(await releasable(guest, `${root}/a`));
  await two.exit(0);
  t.true(await releasable(guest, `${root}/a`));
});

test(
  'releasable is set when the last reference is dropped from a container that notifies',
  { differs: ['no-releasable', 'no-veto'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    for (const notify of ['0', '1']) {
      await guest.write(`${root}/a/notify_on_release`, notify);
      for (const name of ['test0', 'test1']) await guest.write(`${root}/a/${name}.hold`, '1');
      await guest.write(`${root}/a/test0.hold`, '0');
      t.false(await releasable(guest, `${root}/a`), 'another reference is there');
      await guest.write(`${root}/a/test1.hold`, '0');
      t.is(await releasable(guest, `${root}/a`), notify === '1');
    }
  },
);

test(
  'the agent is told when the last of several references is dropped',
  { differs: ['no-veto'] },
  async (t, context) => {
    const { guest, dialect } = context;
    await guest.write('/told', '', { create: true });
    await guest.write('/agent', '#!/bin/sh\necho "$1" >>/told\n', { create: true });
    await guest.chmod('/agent', 0o755);
    const root = await mountHierarchy(context, {
      options: `${dialect.plainSubsystems.join(',')},release_agent=/agent`,
    });
    for (const name of ['a', 'b']) {
      await guest.mkdir(`${root}/${name}`);
      await guest.write(`${root}/${name}/notify_on_release`, '1');
    }
    for (const name of ['test0', 'test1']) await guest.write(`${root}/a/${name}.hold`, '1');
    await guest.write(`${root}/a/test1.hold`, '0');
    // What is due has been told when the other one is.
    await guest.write(`${root}/b/test0.hold`, '1');
    await guest.write(`${root}/b/test0.hold`, '0');
    await guest.until('the agent is told', async () => (await guest.read('/told')) !== '');
    t.is(await guest.read('/told'), '/b\n');
    await guest.write(`${root}/a/test0.hold`, '0');
    await guest.until('the agent is told again', async () => (await guest.read('/told')) !== '/b\n');
    t.is(await guest.read('/told'), '/b\n/a\n');
  },
);

test('the environment of the agent is its home and its search path, and nothing else', async (t, context) => {
  const { guest, dialect } = context;
  await guest.write('/agent', '#!/bin/sh\ncat /proc/$$/environ >/part\nmv /part /environ\n', { create: true });
  await guest.chmod('/agent', 0o755);
  const root = await mountWithContainer(context, {
    options: `${dialect.plainSubsystems.join(',')},release_agent=/agent`,
  });
  await guest.write(`${root}/a/notify_on_release`, '1');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await child.exit(0);
  await guest.until('the agent has run', async () => guest.exists('/environ'));
  const variables = (await guest.read('/environ')).split('\0').filter(Boolean);
  t.deepEqual(variables.sort(), ['HOME=/', 'PATH=/sbin:/bin:/usr/sbin:/usr/bin']);
});
