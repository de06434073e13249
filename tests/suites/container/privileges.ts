/** Whose rights count: those of who writes and those of who has opened the file. */
import type { GuestFile, GuestProcess } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import { mountHierarchy, mountWithContainer, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks'] });

const user = 1000;

/** A file that a process has opened with the rights of a user, and then writes to with those of root. */
async function openedByUser(writer: GuestProcess, path: string): Promise<GuestFile> {
  await writer.setresuid(0, user, 0);
  const file = await writer.open(path, 'w');
  await writer.setresuid(-1, 0, -1);
  return file;
}

test(
  'root does not move itself by a file that a user has opened: EACCES',
  { needs: ['opener-checked'], differs: ['opener-unchecked'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    await guest.chmod(`${root}/a/tasks`, 0o666);
    const writer = await guest.fork();
    const file = await openedByUser(writer, `${root}/a/tasks`);
    t.is(await errnoOf(file.write('0')), 'EACCES');
    t.is(await errnoOf(file.write(String(writer.pid))), 'EACCES');
    t.deepEqual(await tasksOf(guest, `${root}/a`), []);
  },
);

test(
  'root does not set the agent by a file that a user has opened: EPERM',
  { needs: ['opener-checked', 'release'], differs: ['opener-unchecked'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    await guest.write(`${root}/release_agent`, '/good');
    await guest.chown(`${root}/release_agent`, user, user);
    const writer = await guest.fork();
    const file = await openedByUser(writer, `${root}/release_agent`);
    t.is(await errnoOf(file.write('/evil')), 'EPERM');
    t.is(await guest.read(`${root}/release_agent`), '/good\n');
    await writer.write(`${root}/release_agent`, '/better');
    t.is(await guest.read(`${root}/release_agent`), '/better\n');
  },
);

test(
  'a user who owns the file does not set the agent: EPERM',
  { needs: ['release'], differs: ['agent-by-mode', 'opener-alone'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    await guest.write(`${root}/release_agent`, '/good');
    await guest.chown(`${root}/release_agent`, user, user);
    const [writer, holder] = [await guest.fork(), await guest.fork()];
    const file = await holder.open(`${root}/release_agent`, 'w');
    await writer.setIds({ uid: user });
    t.is(await errnoOf(writer.write(`${root}/release_agent`, '/evil')), 'EPERM');
    // Nor one who has got the open file of root.
    await holder.setIds({ uid: user });
    t.is(await errnoOf(file.write('/evil')), 'EPERM');
    t.is(await guest.read(`${root}/release_agent`), '/good\n');
  },
);

test(
  'the capabilities of a user namespace do not set the agent: EPERM',
  { needs: ['release'], differs: ['agent-by-mode'] },
  async (t, context) => {
    const { guest } = context;
    if (!(await guest.exists('/proc/self/ns/user'))) context.skip('this kernel has no user namespaces');
    const root = await mountHierarchy(context);
    await guest.write(`${root}/release_agent`, '/good');
    await guest.chown(`${root}/release_agent`, user, user);
    const writer = await guest.fork();
    await writer.setIds({ uid: user });
    await writer.unshare(['user']);
    t.is(await errnoOf(writer.write(`${root}/release_agent`, '/evil')), 'EPERM');
    t.is(await guest.read(`${root}/release_agent`), '/good\n');
  },
);

test('a container and its files belong to who makes it', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.chown(`${root}/a`, user, user);
  const maker = await guest.fork();
  await maker.setIds({ uid: user, gid: user });
  await maker.mkdir(`${root}/a/b`);
  for (const path of ['', '/tasks']) {
    const { uid, gid } = await guest.stat(`${root}/a/b${path}`);
    t.deepEqual({ uid, gid }, { uid: user, gid: user }, path);
  }
  // So that the maker can use it.
  await maker.write(`${root}/a/b/tasks`, '0');
  t.deepEqual(await tasksOf(guest, `${root}/a/b`), [maker.pid]);
});
