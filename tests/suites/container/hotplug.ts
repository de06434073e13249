/** Cpusets whose processors go offline and come back. */
import type { Guest } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import { attach, ensureDirectory, mountHierarchy } from '../lib/hierarchy.ts';
import type { ContainerContext } from '../lib/suite.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'tasks', 'fork-exit', 'cpuset', 'hotplug'] });

const switchOf = '/sys/devices/system/cpu/cpu1/online';

async function needHotplug({ guest, skip }: ContainerContext): Promise<void> {
  await ensureDirectory(guest, '/sys');
  if (!(await guest.exists('/sys/devices'))) await guest.mount({ type: 'sysfs', source: 'sysfs', target: '/sys' });
  if (!(await guest.exists(switchOf))) skip('the guest has one processor, or none that can go');
}

/** Waits until a task has this affinity: the kernel tells tasks of it a moment after the processor has come or gone. */
async function settles(guest: Guest, pid: number, cpus: readonly number[]): Promise<void> {
  await guest.until(`task ${pid} is on ${cpus.join(',')}`, async () => {
    const now = await guest.sched_getaffinity(pid);
    return now.join(',') === cpus.join(',');
  });
}

async function makeSet(guest: Guest, path: string, cpus: string): Promise<void> {
  await guest.mkdir(path);
  await guest.write(`${path}/cpuset.cpus`, cpus);
  await guest.write(`${path}/cpuset.mems`, '0');
}

test('a set without a processor left runs on those of its parent until one comes back', async (t, context) => {
  const { guest } = context;
  await needHotplug(context);
  const root = await mountHierarchy(context, { options: 'cpuset' });
  await makeSet(guest, `${root}/a`, '1');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  for (let round = 0; round < 2; round += 1) {
    await guest.write(switchOf, '0');
    await settles(guest, child.pid, [0]);
    t.is(await guest.read(`${root}/a/cpuset.cpus`), '1\n');
    // What holds can also be asked for.
    await child.sched_setaffinity(0, [0]);
    await guest.write(switchOf, '1');
    await settles(guest, child.pid, [1]);
    t.is(await guest.read(`${root}/a/cpuset.cpus`), '1\n');
  }
});

test('a set of several keeps to those that are there', async (t, context) => {
  const { guest } = context;
  await needHotplug(context);
  const root = await mountHierarchy(context, { options: 'cpuset' });
  await makeSet(guest, `${root}/a`, '0-1');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await guest.write(switchOf, '0');
  await settles(guest, child.pid, [0]);
  t.is(await guest.read(`${root}/a/cpuset.cpus`), '0-1\n');
  await guest.write(switchOf, '1');
  await settles(guest, child.pid, [0, 1]);
});

test('tasks that come while no processor is there, by a move or a fork, get theirs when it comes', async (t, context) => {
  const { guest } = context;
  await needHotplug(context);
  const root = await mountHierarchy(context, { options: 'cpuset' });
  await makeSet(guest, `${root}/a`, '1');
  await makeSet(guest, `${root}/a/b`, '1');
  const [first, inner] = [await guest.fork(), await guest.fork()];
  await attach(guest, first.pid, `${root}/a`);
  await guest.write(switchOf, '0');
  const moved = await guest.fork();
  await attach(guest, moved.pid, `${root}/a`);
  await attach(guest, inner.pid, `${root}/a/b`);
  const born = await first.fork();
  for (const { pid } of [first, moved, inner, born]) await settles(guest, pid, [0]);
  await guest.write(switchOf, '1');
  for (const { pid } of [first, moved, inner, born]) await settles(guest, pid, [1]);
  t.is(await guest.read(`${root}/a/cpuset.cpus`), '1\n');
});

test('a processor that is not there cannot be configured: EINVAL, and nothing changes', async (t, context) => {
  const { guest } = context;
  await needHotplug(context);
  const root = await mountHierarchy(context, { options: 'cpuset' });
  await makeSet(guest, `${root}/a`, '0');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await guest.write(switchOf, '0');
  t.is(await errnoOf(guest.write(`${root}/a/cpuset.cpus`, '1')), 'EINVAL');
  t.is(await guest.read(`${root}/a/cpuset.cpus`), '0\n');
  t.deepEqual(await guest.sched_getaffinity(child.pid), [0]);
  await guest.write(switchOf, '1');
  await guest.write(`${root}/a/cpuset.cpus`, '1');
  await settles(guest, child.pid, [1]);
  t.pass();
});
