/** Who may come into a cpuset, and what may be configured for one. */
import type { Guest } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import { attach, ensureDirectory, mountHierarchy, tasksOf } from '../lib/hierarchy.ts';
import type { ContainerContext } from '../lib/suite.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'tasks', 'fork-exit', 'cpuset'] });

const kthreadd = 2;

async function makeSet(guest: Guest, path: string, cpus: string, mems = '0'): Promise<void> {
  await guest.mkdir(path);
  await guest.write(`${path}/cpuset.cpus`, cpus);
  await guest.write(`${path}/cpuset.mems`, mems);
}

/** Kernel threads that have a processor of their own. */
async function boundThreads(guest: Guest): Promise<number[]> {
  const found: number[] = [];
  for (const name of (await guest.readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
    const stat = await guest.read(`/proc/${name}/stat`).catch(() => '');
    if (/^\d+ \((?:migration|ksoftirqd|watchdog|events|cpuhp)\/\d+\)/.test(stat)) found.push(Number(name));
  }
  return found;
}

test(
  'threads that are bound to a processor cannot be moved into a set: EINVAL',
  { differs: ['bound-threads-move'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'cpuset' });
    await makeSet(guest, `${root}/a`, '0');
    const threads = await boundThreads(guest);
    t.true(threads.length > 0);
    for (const pid of threads) t.is(await errnoOf(attach(guest, pid, `${root}/a`)), 'EINVAL', String(pid));
    t.deepEqual(await tasksOf(guest, `${root}/a`), []);
  },
);

test(
  'the thread that makes kernel threads cannot be moved into a set: EINVAL',
  { differs: ['kthreadd-moves'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'cpuset' });
    t.regex(await guest.read(`/proc/${kthreadd}/stat`), /^2 \(kthreadd\)/);
    await makeSet(guest, `${root}/a`, '0');
    t.is(await errnoOf(attach(guest, kthreadd, `${root}/a`)), 'EINVAL');
    t.deepEqual(await tasksOf(guest, `${root}/a`), []);
    // It is where it was, so this is no move.
    await attach(guest, kthreadd, root);
  },
);

test('what is no list is EINVAL, and nothing changes', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  await makeSet(guest, `${root}/a`, '0');
  for (const file of ['cpus', 'mems']) {
    for (const text of ['x', '0-', '1-0', '0,x']) {
      t.is(await errnoOf(guest.write(`${root}/a/cpuset.${file}`, text)), 'EINVAL', `${file}: ${text}`);
    }
    t.is(await guest.read(`${root}/a/cpuset.${file}`), '0\n');
  }
});

test('processors and nodes that there are not are EINVAL', { needs: ['absent-refused'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  await makeSet(guest, `${root}/a`, '0');
  const absent = (await guest.sched_getaffinity(0)).length;
  for (const text of [`${absent}`, `0-${absent}`]) {
    t.is(await errnoOf(guest.write(`${root}/a/cpuset.cpus`, text)), 'EINVAL', text);
  }
  t.is(await guest.read(`${root}/a/cpuset.cpus`), '0\n');
  for (const text of ['2', '0-2']) {
    t.true(['EINVAL', 'ERANGE'].includes(await errnoOf(guest.write(`${root}/a/cpuset.mems`, text))), text);
  }
  t.is(await guest.read(`${root}/a/cpuset.mems`), '0\n');
});

test('the root cannot be configured: EACCES', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  for (const file of ['cpus', 'mems']) {
    const before = await guest.read(`${root}/cpuset.${file}`);
    t.is(await errnoOf(guest.write(`${root}/cpuset.${file}`, '0')), 'EACCES', file);
    t.is(await guest.read(`${root}/cpuset.${file}`), before);
  }
});

test('a set keeps the memory nodes that its children have: EBUSY', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  await makeSet(guest, `${root}/a`, '0');
  await makeSet(guest, `${root}/a/b`, '0');
  t.is(await errnoOf(guest.write(`${root}/a/cpuset.mems`, '\n')), 'EBUSY');
  t.is(await guest.read(`${root}/a/cpuset.mems`), '0\n');
  await guest.rmdir(`${root}/a/b`);
  await guest.write(`${root}/a/cpuset.mems`, '\n');
  t.is(await guest.read(`${root}/a/cpuset.mems`), '\n');
});

test('the last memory node of a set with tasks stays: ENOSPC', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  await makeSet(guest, `${root}/a`, '0');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  t.is(await errnoOf(guest.write(`${root}/a/cpuset.mems`, '\n')), 'ENOSPC');
  t.is(await guest.read(`${root}/a/cpuset.mems`), '0\n');
});

test('the status of a task shows its memory nodes', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  await makeSet(guest, `${root}/a`, '0');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  t.regex(await guest.read(`/proc/${child.pid}/status`), /^Mems_allowed:\t(?:0+,)*0*1$/m);
  t.regex(await guest.read(`/proc/${child.pid}/status`), /^Mems_allowed_list:\t0$/m);
});

test(
  'a task that unshares below a set gets what that has, and no more',
  { needs: ['clone'], differs: ['no-ns'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'ns,cpuset' });
    const all = await guest.sched_getaffinity(0);
    await makeSet(guest, `${root}/a`, '0');
    const child = await guest.fork();
    await attach(guest, child.pid, `${root}/a`);
    await child.unshare(['uts']);
    const container = `${root}/a/node_${child.pid}`;
    t.deepEqual(await tasksOf(guest, container), [child.pid]);
    t.is(await guest.read(`${container}/cpuset.cpus`), '0\n');
    t.is(await guest.read(`${container}/cpuset.mems`), '0\n');
    t.deepEqual(await guest.sched_getaffinity(child.pid), [0]);
    t.true(all.length === 1 || !(await guest.sched_getaffinity(child.pid)).includes(1));
  },
);

/** Ends the case where the series stands beside control groups that have the old file system type themselves. */
async function needOldType({ guest, dialect, skip }: ContainerContext): Promise<void> {
  const others = dialect.fsType === 'container' ? await guest.read('/proc/cgroups').catch(() => '') : '';
  if (/^cpuset\s/m.test(others)) skip('the file system type belongs to the control groups of this kernel');
  await ensureDirectory(guest, '/dev/cpuset');
}

async function mountOldType({ guest }: ContainerContext, options?: string): Promise<void> {
  const target = '/dev/cpuset';
  await guest.mount({ type: 'cpuset', source: 'cpuset', target, ...(options === undefined ? {} : { options }) });
}

test('the old type takes no options: EINVAL', { differs: ['old-type-takes-options'] }, async (t, context) => {
  const { guest } = context;
  await needOldType(context);
  for (const options of ['test0', 'all', 'noprefix', 'cpuset', 'release_agent=/mine', 'nonsense']) {
    t.is(await errnoOf(mountOldType(context, options)), 'EINVAL', options);
  }
  await mountOldType(context);
  t.is(await guest.read('/dev/cpuset/release_agent'), '/sbin/cpuset_release_agent\n');
});

test(
  'the old type joins no hierarchy of another kind: EBUSY',
  { differs: ['old-type-takes-options'] },
  async (t, context) => {
    const { guest, dialect } = context;
    await needOldType(context);
    for (const options of ['cpuset', `cpuset,${dialect.plainSubsystems[0]}`, 'cpuset,noprefix']) {
      const root = await mountHierarchy(context, { options });
      t.is(await errnoOf(mountOldType(context)), 'EBUSY', options);
      await guest.umount(root);
    }
    await mountOldType(context);
    await guest.mkdir('/dev/cpuset/a');
    await guest.umount('/dev/cpuset');
    // With its own kind it does.
    await mountOldType(context);
    t.true(await guest.exists('/dev/cpuset/a'));
    t.true(await guest.exists('/dev/cpuset/a/cpus'));
  },
);

test('the proc file of old has the path of a task', async (t, context) => {
  const { guest } = context;
  await needOldType(context);
  const child = await guest.fork();
  const file = `/proc/${child.pid}/cpuset`;
  t.is(await guest.read(file), '/\n');
  await mountOldType(context);
  t.is(await guest.read(file), '/\n');
  for (const path of ['/a', '/a/b']) {
    await guest.mkdir(`/dev/cpuset${path}`);
    for (const name of ['cpus', 'mems']) await guest.write(`/dev/cpuset${path}/${name}`, '0');
    await attach(guest, child.pid, `/dev/cpuset${path}`);
    t.is(await guest.read(file), `${path}\n`);
  }
});

test(
  'a deadline task cannot be moved to where it has fewer processors, nor those be taken from its set: EBUSY',
  { needs: ['deadline'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'cpuset' });
    if ((await guest.sched_getaffinity(0)).length < 2) context.skip('the guest has one processor');
    await makeSet(guest, `${root}/narrow`, '0');
    await makeSet(guest, `${root}/wide`, '0-1');
    const pid = Number((await guest.sh('(exec load deadline >/deadline 2>&1) & echo $!')).trim());
    await guest.until('it is a deadline task', async () => (await guest.read('/deadline')) !== '');
    t.is(await guest.read('/deadline'), 'ready\n');
    t.is(await errnoOf(attach(guest, pid, `${root}/narrow`)), 'EBUSY');
    await attach(guest, pid, `${root}/wide`);
    t.is(await errnoOf(guest.write(`${root}/wide/cpuset.cpus`, '0')), 'EBUSY');
    t.is(await guest.read(`${root}/wide/cpuset.cpus`), '0-1\n');
    t.deepEqual(await guest.sched_getaffinity(pid), [0, 1]);
    await attach(guest, pid, root);
    await guest.kill(pid, 9);
  },
);
