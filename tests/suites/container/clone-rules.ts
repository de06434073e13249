/** What the ns subsystem makes of namespaces: names, owners, who gets a container and what is left of one that fails. */
import type { Guest } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import {
  attach,
  ensureDirectory,
  mountHierarchy,
  mountWithContainer,
  mountWithTask,
  tasksOf,
} from '../lib/hierarchy.ts';
import { type ContainerContext, suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit', 'clone'], differs: ['no-ns'] });

const user = 1000;

async function nodes(guest: Guest, container: string): Promise<string[]> {
  return (await guest.readdir(container)).filter((name) => name.startsWith('node_')).sort();
}

/** Makes a control group in which a fork beyond the first task fails late; skips the case where there can be none. */
async function limitForks({ guest, skip }: ContainerContext): Promise<void> {
  const cgroups = await guest.read('/proc/cgroups').catch(() => '');
  if (!/^pids\t0/m.test(cgroups)) skip('no controller of this kernel makes a fork fail late');
  await ensureDirectory(guest, '/dev/pids');
  await guest.mount({ type: 'cgroup', source: 'pids', target: '/dev/pids', options: 'pids' });
  await guest.mkdir('/dev/pids/few');
  await guest.write('/dev/pids/few/pids.max', '1');
}

test(
  'the files of the new container belong to root, also where those that the caller makes do not',
  { differs: ['clone-belongs-to-caller'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'ns' });
    const child = await guest.fork();
    // A group of its own is enough to tell: it comes from the credentials as the user does.
    await child.setIds({ gid: user });
    await child.unshare(['uts']);
    const container = `${root}/node_${child.pid}`;
    for (const path of ['', '/tasks']) {
      const { uid, gid } = await guest.stat(`${container}${path}`);
      t.deepEqual({ uid, gid }, { uid: 0, gid: 0 }, path);
    }
  },
);

test(
  'a name that is left from an earlier task does not stand in the way',
  { differs: ['clone-exists'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'ns' });
    const child = await guest.fork();
    const name = `node_${child.pid}`;
    await guest.mkdir(`${root}/${name}`);
    await child.unshare(['uts']);
    t.deepEqual(await tasksOf(guest, `${root}/${name}`), []);
    t.deepEqual(await tasksOf(guest, `${root}/${name}.1`), [child.pid]);
    await attach(guest, child.pid, root);
    await child.unshare(['uts']);
    t.deepEqual(await nodes(guest, root), [name, `${name}.1`, `${name}.2`]);
    t.deepEqual(await tasksOf(guest, `${root}/${name}.2`), [child.pid]);
    // A number that is free again is used again.
    await guest.rmdir(`${root}/${name}.1`);
    await attach(guest, child.pid, root);
    await child.unshare(['uts']);
    t.deepEqual(await tasksOf(guest, `${root}/${name}.1`), [child.pid]);
  },
);

test('several namespaces at once are one container', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context, { options: 'ns' });
  const child = await guest.fork();
  await child.unshare(['uts', 'ipc', 'mount']);
  t.deepEqual(await nodes(guest, root), [`node_${child.pid}`]);
  t.deepEqual(await nodes(guest, `${root}/node_${child.pid}`), []);
});

test('namespaces inside of a user namespace get no container', async (t, context) => {
  const { guest } = context;
  if (!(await guest.exists('/proc/self/ns/user'))) context.skip('this kernel has no user namespaces');
  const root = await mountHierarchy(context, { options: 'ns' });
  const child = await guest.fork();
  await child.setIds({ uid: user, gid: user });
  if ((await errnoOf(child.unshare(['user']))) !== 'none') context.skip('users make no user namespaces here');
  for (let round = 0; round < 3; round += 1) await child.unshare(['uts']);
  const other = await guest.fork();
  await other.setIds({ uid: user, gid: user });
  // Both at once: the new one counts.
  await other.unshare(['user', 'uts']);
  t.deepEqual(await nodes(guest, root), []);
  const listed = await tasksOf(guest, root);
  t.true(listed.includes(child.pid) && listed.includes(other.pid));
});

test('a task that moves back to its container unshares there once more', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context, { options: 'ns,test0' });
  await child.unshare(['uts']);
  t.deepEqual(await tasksOf(guest, `${root}/a/node_${child.pid}`), [child.pid]);
  t.deepEqual(await nodes(guest, root), []);
});

test(
  'a clone that fails late leaves nothing behind, and its container counts as one that has come and gone',
  { needs: ['release'] },
  async (t, context) => {
    const { guest } = context;
    await limitForks(context);
    await guest.write('/told', '', { create: true });
    await guest.write('/agent', '#!/bin/sh\necho "$1" >>/told\n', { create: true });
    await guest.chmod('/agent', 0o755);
    const root = await mountWithContainer(context, { options: 'ns,release_agent=/agent' });
    await guest.write(`${root}/a/notify_on_release`, '1');
    t.is(await guest.read(`${root}/a/releasable`), '0\n');
    // The shell is alone where only one may be, and execs the program that clones.
    const script = `echo 0 >${root}/a/tasks; echo 0 >/dev/pids/few/tasks; exec load newborn`;
    const outcome = await guest.run({ argv: ['sh', '-c', script] });
    t.not(outcome.status, 0);
    t.regex(outcome.stderr, /clone failed: 11\n/);
    t.deepEqual(await nodes(guest, `${root}/a`), []);
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
    await guest.until('the agent is told', async () => (await guest.read('/told')) !== '');
    t.is(await guest.read('/told'), '/a\n');
    await guest.rmdir(`${root}/a`);
  },
);

test(
  'no notification is lost when a task is moved away while a clone of it fails',
  { needs: ['release'], timeoutMs: 120_000 },
  async (t, context) => {
    const { guest } = context;
    await limitForks(context);
    const root = await mountHierarchy(context, { options: 'ns,release_agent=/bin/unload' });
    const script = 'echo 0 >/dev/pids/few/tasks; exec load failing';
    const pid = Number((await guest.sh(`(${script}) >/dev/null 2>&1 & echo $!`)).trim());
    for (let round = 0; round < 40; round += 1) {
      const container = `${root}/r${round}`;
      await guest.mkdir(container);
      await guest.write(`${container}/notify_on_release`, '1');
      await attach(guest, pid, container);
      await attach(guest, pid, root);
      await guest.until(`${container} is released`, async () => !(await guest.exists(container)));
    }
    await guest.kill(pid, 9);
    t.pass();
  },
);
