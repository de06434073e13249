import type { Guest } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import { attach, mountHierarchy, mountWithChild, mountWithContainer, mountWithTask } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'tasks', 'fork-exit', 'cpuacct'] });

/** Processor time of a container in the file's unit. */
async function usage(guest: Guest, container: string): Promise<number> {
  const text = await guest.read(`${container}/cpuacct.usage`);
  if (!/^\d+\n$/.test(text)) throw new Error(`cpuacct.usage reads ${JSON.stringify(text)}`);
  return Number(text);
}

test('a new container has used no time', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'cpuacct' });
  t.is(await usage(guest, `${root}/a`), 0);
});

test('the time that a task uses is counted in its container', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'cpuacct' });
  await guest.mkdir(`${root}/b`);
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await child.spin(60);
  const first = await usage(guest, `${root}/a`);
  t.true(first > 0);
  await child.spin(60);
  t.true((await usage(guest, `${root}/a`)) > first);
  t.is(await usage(guest, `${root}/b`), 0);
});

test('the time of a task stays after its exit', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context, { options: 'cpuacct' });
  await child.spin(60);
  const before = await usage(guest, `${root}/a`);
  await child.exit(0);
  t.true(before > 0);
  t.true((await usage(guest, `${root}/a`)) >= before);
});

test('time is counted where it was used, not where the task is now', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuacct' });
  for (const name of ['a', 'b']) await guest.mkdir(`${root}/${name}`);
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await child.spin(60);
  await attach(guest, child.pid, `${root}/b`);
  const before = await usage(guest, `${root}/a`);
  await child.spin(60);
  t.is(await usage(guest, `${root}/a`), before);
  t.true((await usage(guest, `${root}/b`)) > 0);
});

test('writing 0 makes the time start again', { differs: ['usage-read-only'] }, async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context, { options: 'cpuacct' });
  await child.spin(60);
  await child.exit(0);
  t.true((await usage(guest, `${root}/a`)) > 0);
  await guest.write(`${root}/a/cpuacct.usage`, '0');
  t.is(await usage(guest, `${root}/a`), 0);
});

test('the tasks of a container add up', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuacct' });
  for (const name of ['one', 'all']) await guest.mkdir(`${root}/${name}`);
  const [one, two] = [await guest.fork(), await guest.fork()];
  await attach(guest, one.pid, `${root}/all`);
  await one.spin(60);
  const alone = await usage(guest, `${root}/all`);
  await attach(guest, two.pid, `${root}/all`);
  await two.spin(60);
  t.true((await usage(guest, `${root}/all`)) > alone);
});

test(
  'time is counted in a hierarchy with other subsystems as well',
  { needs: ['test-subsystems'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const { root, child } = await mountWithTask(context, { options: `${dialect.plainSubsystems[0]},cpuacct` });
    await child.spin(60);
    t.true((await usage(guest, `${root}/a`)) > 0);
  },
);

test('no time but 0 can be written: EINVAL', { differs: ['usage-read-only'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'cpuacct' });
  t.is(await errnoOf(guest.write(`${root}/a/cpuacct.usage`, '1000')), 'EINVAL');
  t.is(await usage(guest, `${root}/a`), 0);
});

test('the time that is counted is the time that the task has used', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context, { options: 'cpuacct' });
  /** Milliseconds, as the kernel counts them for the task: in hundredths of a second. */
  const used = async (): Promise<number> => {
    const fields = (await guest.read(`/proc/${child.pid}/stat`)).replace(/^.*\) /, '').split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  };
  const before = await used();
  await attach(guest, child.pid, `${root}/a`);
  await child.spin(400);
  const counted = (await usage(guest, `${root}/a`)) / 1e6;
  const spent = (await used()) - before;
  t.true(spent >= 200, `${spent} ms`);
  t.true(counted > 0.75 * spent - 20 && counted < 1.25 * spent + 20, `${counted} of ${spent} ms`);
});

test('the time of a real-time task is counted as that of others', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'cpuacct' });
  await guest.sh(`echo 0 >${root}/a/tasks; exec load realtime 300`);
  const counted = (await usage(guest, `${root}/a`)) / 1e6;
  // It wants all of that; what it did before is a few milliseconds, and a busy host may keep ticks from the guest.
  t.true(counted > 100, `${counted} ms`);
});
