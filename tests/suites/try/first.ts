/** Three cases for any kernel that has tmpfs and version 2 of the control groups: what `quiltboot try` runs. */
import { suite } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';

const { test } = suite();

test('a child that is killed is gone, and its parent is not', async (t, { guest }) => {
  const parent = await guest.fork();
  const child = await parent.fork();
  t.is(await errnoOf(guest.kill(child.pid, 0)), 'none');
  await guest.kill(child.pid, 9);
  await guest.until(
    'the child is gone',
    async () => (await errnoOf(guest.stat(`/proc/${child.pid}/exe`))) === 'ENOENT',
  );
  t.true((await guest.read(`/proc/${parent.pid}/stat`)).startsWith(`${parent.pid} `));
});

test('a tmpfs of 16 KiB holds 16 KiB and not a byte more', async (t, { guest }) => {
  await guest.mkdir('/small');
  await guest.mount({ type: 'tmpfs', source: 'none', target: '/small', options: 'size=16k' });
  const text = 'quilt-'.repeat(3000).slice(0, 16_384);
  await guest.write('/small/full', text, { create: true });
  t.is(await guest.read('/small/full'), text);
  t.is(await errnoOf(guest.write('/small/more', 'x', { create: true })), 'ENOSPC');
});

test('a control group of two processes refuses the third', async (t, { guest }) => {
  await guest.mkdir('/groups');
  await guest.mount({ type: 'cgroup2', source: 'none', target: '/groups' });
  await guest.write('/groups/cgroup.subtree_control', '+pids');
  await guest.mkdir('/groups/two');
  await guest.write('/groups/two/pids.max', '2');
  const parent = await guest.fork();
  await guest.write('/groups/two/cgroup.procs', `${parent.pid}`);
  await parent.fork();
  t.is(await errnoOf(parent.fork()), 'EAGAIN');
  t.is(await guest.read('/groups/two/pids.current'), '2\n');
});
