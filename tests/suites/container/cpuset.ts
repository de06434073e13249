import type { Guest, GuestProcess } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import {
  attach,
  ensureDirectory,
  mountedOptions,
  mountHierarchy,
  mountWithChild,
  mountWithContainer,
  tasksOf,
} from '../lib/hierarchy.ts';
import type { ContainerContext } from '../lib/suite.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'tasks', 'fork-exit', 'cpuset'] });

/** The processors that a task may use, as its status tells: a mask, since the kernels of 2007 print no list. */
async function allowedInStatus(guest: GuestProcess, pid: number): Promise<number[]> {
  const mask = /^Cpus_allowed:\t([0-9a-f,]+)$/m.exec(await guest.read(`/proc/${pid}/status`))?.[1];
  if (mask === undefined) throw new Error(`/proc/${pid}/status tells no processors`);
  const bits = BigInt(`0x${mask.replaceAll(',', '')}`);
  return Array.from({ length: 4 * mask.length }, (_, cpu) => cpu).filter((cpu) => ((bits >> BigInt(cpu)) & 1n) === 1n);
}

/** Ends the case where the series stands beside control groups that have the old file system type themselves. */
async function needOldType({ guest, dialect, skip }: ContainerContext): Promise<void> {
  const others = dialect.fsType === 'container' ? await guest.read('/proc/cgroups').catch(() => '') : '';
  if (/^cpuset\s/m.test(others)) skip('the file system type belongs to the control groups of this kernel');
}

test('a task cannot come in before both masks are set: ENOSPC', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context, { options: 'cpuset' });
  t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), 'ENOSPC');
  await guest.write(`${root}/a/cpuset.cpus`, '0');
  t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), 'ENOSPC');
  await guest.write(`${root}/a/cpuset.mems`, '0');
  await attach(guest, child.pid, `${root}/a`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
});

test('memory nodes alone are not enough either: ENOSPC', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context, { options: 'cpuset' });
  await guest.write(`${root}/a/cpuset.mems`, '0');
  t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), 'ENOSPC');
});

test('a task runs on the processors of its set only', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  const all = await guest.sched_getaffinity(0);
  await guest.mkdir(`${root}/a`);
  await guest.write(`${root}/a/cpuset.mems`, '0');
  const child = await guest.fork();
  for (const cpu of all) {
    await guest.write(`${root}/a/cpuset.cpus`, String(cpu));
    await attach(guest, child.pid, `${root}/a`);
    t.deepEqual(await guest.sched_getaffinity(child.pid), [cpu]);
    t.deepEqual(await allowedInStatus(guest, child.pid), [cpu]);
  }
  await attach(guest, child.pid, root);
  t.deepEqual(await guest.sched_getaffinity(child.pid), all);
});

test('a change of the processors reaches the tasks that are inside', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  const all = await guest.sched_getaffinity(0);
  if (all.length < 2) context.skip('the guest has one processor');
  await guest.mkdir(`${root}/a`);
  await guest.write(`${root}/a/cpuset.mems`, '0');
  await guest.write(`${root}/a/cpuset.cpus`, '0');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await guest.write(`${root}/a/cpuset.cpus`, '1');
  t.deepEqual(await guest.sched_getaffinity(child.pid), [1]);
});

test('a task cannot give itself processors outside of its set', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  const all = await guest.sched_getaffinity(0);
  if (all.length < 2) context.skip('the guest has one processor');
  await guest.mkdir(`${root}/a`);
  await guest.write(`${root}/a/cpuset.mems`, '0');
  await guest.write(`${root}/a/cpuset.cpus`, '0');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  t.is(await errnoOf(child.sched_setaffinity(0, [1])), 'EINVAL');
  await child.sched_setaffinity(0, [0, 1]);
  t.deepEqual(await guest.sched_getaffinity(child.pid), [0]);
});

test("a child starts on the processors of its parent's set", async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'cpuset' });
  await guest.write(`${root}/a/cpuset.mems`, '0');
  await guest.write(`${root}/a/cpuset.cpus`, '0');
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  const child = await parent.fork();
  t.deepEqual(await guest.sched_getaffinity(child.pid), [0]);
});

test('the root has every processor and memory node', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  const all = await guest.sched_getaffinity(0);
  const expected = all.length === 1 ? '0\n' : `0-${all.length - 1}\n`;
  t.is(await guest.read(`${root}/cpuset.cpus`), expected);
  t.is(await guest.read(`${root}/cpuset.mems`), '0\n');
});

test('a mount of the old type "cpuset" has the files without a prefix, and the agent of old', async (t, context) => {
  const { guest, has } = context;
  await needOldType(context);
  await ensureDirectory(guest, '/dev/cpuset');
  await guest.mount({ type: 'cpuset', source: 'cpuset', target: '/dev/cpuset' });
  const names = await guest.readdir('/dev/cpuset');
  for (const name of ['tasks', 'cpus', 'mems']) t.true(names.includes(name), name);
  t.false(names.includes('cpuset.cpus'));
  if (has('release')) t.is(await guest.read('/dev/cpuset/release_agent'), '/sbin/cpuset_release_agent\n');
});

test(
  'the old type is a hierarchy of that subsystem alone, which no other can have',
  { differs: ['noprefix-is-another-hierarchy'] },
  async (t, context) => {
    const { guest, dialect } = context;
    await needOldType(context);
    await ensureDirectory(guest, '/dev/cpuset');
    await guest.mount({ type: 'cpuset', source: 'cpuset', target: '/dev/cpuset' });
    await guest.mkdir('/dev/cpuset/a');
    t.is(await errnoOf(mountHierarchy(context, { options: `cpuset,${dialect.plainSubsystems[0]}` })), 'EBUSY');
    const joined = await mountHierarchy(context, { options: 'cpuset' });
    t.true(await guest.exists(`${joined}/a`));
    t.true((await mountedOptions(guest, joined)).includes('noprefix'));
  },
);

test('a set has nothing that its parent has not: EACCES', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'cpuset' });
  await guest.mkdir(`${root}/a/b`);
  t.is(await errnoOf(guest.write(`${root}/a/b/cpuset.cpus`, '0')), 'EACCES');
  await guest.write(`${root}/a/cpuset.cpus`, '0');
  await guest.write(`${root}/a/b/cpuset.cpus`, '0');
  t.is(await errnoOf(guest.write(`${root}/a/b/cpuset.mems`, '0')), 'EACCES');
  t.is(await guest.read(`${root}/a/b/cpuset.mems`), '\n');
});

test('a set keeps what its children have: EBUSY', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  for (const name of ['a', 'a/b']) {
    await guest.mkdir(`${root}/${name}`);
    await guest.write(`${root}/${name}/cpuset.cpus`, '0');
  }
  t.is(await errnoOf(guest.write(`${root}/a/cpuset.cpus`, '\n')), 'EBUSY');
  t.is(await guest.read(`${root}/a/cpuset.cpus`), '0\n');
});

test('the last processor of a set with tasks stays: ENOSPC', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'cpuset' });
  for (const file of ['cpus', 'mems']) await guest.write(`${root}/a/cpuset.${file}`, '0');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  t.is(await errnoOf(guest.write(`${root}/a/cpuset.cpus`, '\n')), 'ENOSPC');
  t.is(await guest.read(`${root}/a/cpuset.cpus`), '0\n');
});

/** A process that starts in a container and forks children, chased all the time from one state into another. */
async function chase(guest: Guest, home: string, moves: readonly [string, string][], count: number): Promise<void> {
  const argv = ['load', 'chase', String(count), home, ...moves.flat()] as const;
  const outcome = await guest.run({ argv, timeoutMs: 90_000 });
  if (outcome.status !== 0) throw new Error(`load chase: ${outcome.stdout}${outcome.stderr}`);
}

test(
  'children that are forked while their parent moves run on the processors of the set that they are in',
  { differs: ['moves-starve'], timeoutMs: 180_000 },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'cpuset' });
    const all = await guest.sched_getaffinity(0);
    if (all.length < 2) context.skip('the guest has one processor');
    const sets = { narrow: [0], wide: [0, 1] };
    for (const [name, cpus] of Object.entries(sets)) {
      await guest.mkdir(`${root}/${name}`);
      await guest.write(`${root}/${name}/cpuset.mems`, '0');
      await guest.write(`${root}/${name}/cpuset.cpus`, cpus.join(','));
    }
    // Enough for some forks to fall into the moment that counts; several times, for where both share a processor that
    // moment never comes.
    const [chases, forks] = [10, 100];
    for (let round = 0; round < chases; round += 1) {
      await chase(
        guest,
        `${root}/narrow`,
        Object.keys(sets).map((name) => [`${root}/${name}/tasks`, 'parent']),
        forks,
      );
    }
    let seen = 0;
    for (const [name, cpus] of Object.entries(sets)) {
      for (const pid of await tasksOf(guest, `${root}/${name}`)) {
        t.deepEqual(await guest.sched_getaffinity(pid), cpus, name);
        seen += 1;
      }
    }
    t.true(seen >= chases * forks);
  },
);

test(
  'children that are forked while the processors of their set change have the new ones',
  { differs: ['fork-lags'], timeoutMs: 180_000 },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'cpuset' });
    const all = await guest.sched_getaffinity(0);
    if (all.length < 2) context.skip('the guest has one processor');
    await guest.mkdir(`${root}/a`);
    await guest.write(`${root}/a/cpuset.mems`, '0');
    await guest.write(`${root}/a/cpuset.cpus`, '0');
    const moves: [string, string][] = ['0', '0-1'].map((cpus) => [`${root}/a/cpuset.cpus`, cpus]);
    const seen = new Set<number>();
    // Every change mends what the one before it has done to children: only those of the last one can show a mistake.
    // The tasks of the first chase are told before the parent of each later one, whose forks have that much more time.
    for (const count of [300, ...Array.from({ length: 24 }, () => 12)]) {
      await chase(guest, `${root}/a`, moves, count);
      const cpus = (await guest.read(`${root}/a/cpuset.cpus`)) === '0\n' ? [0] : [0, 1];
      const tasks = await tasksOf(guest, `${root}/a`);
      const young = tasks.filter((pid) => !seen.has(pid));
      t.true(young.length >= count);
      for (const pid of young) {
        t.deepEqual(await guest.sched_getaffinity(pid), cpus);
        seen.add(pid);
      }
    }
  },
);
