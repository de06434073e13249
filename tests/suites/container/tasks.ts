import { errnoOf } from '../lib/errno.ts';
import {
  allThreads,
  attach,
  errnoNumbers,
  mountHierarchy,
  mountWithChild,
  mountWithContainer,
  mountWithTask,
  tasksOf,
} from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks'] });

/** A user without rights of its own. */

test('a new container has no tasks, and its file reads as nothing', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  t.is(await guest.read(`${root}/a/tasks`), '');
});

test('every task of the system is in the root of a new hierarchy', async (t, context) => {
  const { guest } = context;
  const before = await allThreads(guest);
  const root = await mountHierarchy(context);
  const listed = new Set(await tasksOf(guest, root));
  const after = new Set(await allThreads(guest));
  const lasting = before.filter((pid) => after.has(pid));
  t.true(lasting.length > 5);
  t.deepEqual(
    lasting.filter((pid) => !listed.has(pid)),
    [],
  );
});

test('the pids are listed one a line, each with a line end', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  t.regex(await guest.read(`${root}/tasks`), /^(?:[1-9]\d*\n)+$/);
});

test('the pids ascend as numbers', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const tasks = await tasksOf(guest, root);
  // Some have one digit and some two: an order of words would show.
  t.true(tasks.some((pid) => pid < 10) && tasks.some((pid) => pid >= 10));
  t.deepEqual(
    tasks,
    [...tasks].sort((a, b) => a - b),
  );
});

test('the pids ascend in whatever order they came', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const children = [await guest.fork(), await guest.fork(), await guest.fork(), await guest.fork()];
  const pids = children.map((child) => child.pid).sort((a, b) => a - b);
  for (const index of [2, 0, 3, 1]) await attach(guest, pids[index] ?? 0, `${root}/a`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), pids);
});

test('writing a pid moves that task, out of the one container and into the other', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  await guest.mkdir(`${root}/b`);
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
  t.false((await tasksOf(guest, root)).includes(child.pid));
  await attach(guest, child.pid, `${root}/b`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), []);
  t.deepEqual(await tasksOf(guest, `${root}/b`), [child.pid]);
  await attach(guest, child.pid, root);
  t.deepEqual(await tasksOf(guest, `${root}/b`), []);
  t.true((await tasksOf(guest, root)).includes(child.pid));
});

test('a task is in exactly one container of a hierarchy', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  const containers = ['a', 'a/b', 'a/b/c', 'd'].map((name) => `${root}/${name}`);
  for (const container of containers) await guest.mkdir(container);
  const child = await guest.fork();
  for (const container of [...containers, root]) {
    await attach(guest, child.pid, container);
    const homes: string[] = [];
    for (const each of [root, ...containers]) {
      if ((await tasksOf(guest, each)).includes(child.pid)) homes.push(each);
    }
    t.deepEqual(homes, [container]);
  }
});

test('writing 0 moves the writer', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  await child.write(`${root}/a/tasks`, '0\n');
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
});

test('a pid may be written with or without a line end', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  await guest.write(`${root}/a/tasks`, String(child.pid));
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
  await guest.write(`${root}/tasks`, `${child.pid}\n`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), []);
});

test('what is not a number is EIO', { differs: ['einval-for-eio'] }, async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  for (const text of ['abc', `x${child.pid}`, '\n', '-', ' ']) {
    t.is(await errnoOf(guest.write(`${root}/a/tasks`, text)), 'EIO', JSON.stringify(text));
  }
  t.deepEqual(await tasksOf(guest, `${root}/a`), []);
});

test('a pid that no task has is ESRCH', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  const { pid } = child;
  await child.exit(0);
  t.is(await errnoOf(attach(guest, pid, `${root}/a`)), 'ESRCH');
  t.is(await errnoOf(attach(guest, 4_000_000, `${root}/a`)), 'ESRCH');
});

test('a negative pid is ESRCH', { differs: ['negative-pid-invalid'] }, async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  t.is(await errnoOf(guest.write(`${root}/a/tasks`, '-1\n')), 'ESRCH');
  t.is(await errnoOf(guest.write(`${root}/a/tasks`, `-${child.pid}\n`)), 'ESRCH');
  t.deepEqual(await tasksOf(guest, `${root}/a`), []);
});

test('a task that has exited and waits for its parent is ESRCH', { differs: ['zombie-moves'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  // The shell starts a child and turns into a sleeper that never asks for it.
  const parent = Number(await guest.sh("sh -c 'true & exec sleep 1000' >/dev/null 2>&1 & echo $!"));
  let zombie = 0;
  await guest.until('the child has exited', async () => {
    for (const name of (await guest.readdir('/proc')).filter((each) => /^\d+$/.test(each))) {
      const stat = await guest.read(`/proc/${name}/stat`).catch(() => '');
      const [, state, parentPid] = /^\d+ \(.*\) (\S) (\d+)/.exec(stat) ?? [];
      if (state === 'Z' && Number(parentPid) === parent) zombie = Number(name);
    }
    return zombie > 0;
  });
  t.is(await errnoOf(attach(guest, zombie, `${root}/a`)), 'ESRCH');
  t.deepEqual(await tasksOf(guest, `${root}/a`), []);
});

test('a subsystem refuses a task with an error of its own', { differs: ['no-veto'] }, async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  for (const name of ['EPERM', 'ENOSPC', 'EAGAIN'] as const) {
    await guest.write(`${root}/a/test0.veto`, String(errnoNumbers[name]));
    t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), name);
    t.deepEqual(await tasksOf(guest, `${root}/a`), []);
    t.true((await tasksOf(guest, root)).includes(child.pid));
  }
  await guest.write(`${root}/a/test0.veto`, '0');
  await attach(guest, child.pid, `${root}/a`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
});

test(
  'a refusal holds for the container that it was set in, and for coming, not for leaving',
  { differs: ['no-veto'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    for (const name of ['a', 'b']) await guest.mkdir(`${root}/${name}`);
    const child = await guest.fork();
    await attach(guest, child.pid, `${root}/a`);
    await guest.write(`${root}/a/test0.veto`, '1');
    await attach(guest, child.pid, `${root}/b`);
    t.deepEqual(await tasksOf(guest, `${root}/b`), [child.pid]);
    t.is(await errnoOf(attach(guest, child.pid, `${root}/a`)), 'EPERM');
  },
);

test('the list is read whole in small pieces', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const children = [await guest.fork(), await guest.fork(), await guest.fork()];
  for (const child of children) await attach(guest, child.pid, `${root}/a`);
  const file = await guest.open(`${root}/a/tasks`, 'r');
  let text = '';
  for (;;) {
    const piece = await file.read(2);
    if (piece === '') break;
    text += piece;
    // The tasks leave while the list is being read.
    const gone = children.pop();
    if (gone) await attach(guest, gone.pid, root);
  }
  await file.close();
  t.is(text.split('\n').filter(Boolean).length, 3);
  t.is(await guest.read(`${root}/a/tasks`), '');
});

test('two open files have each their own list', { differs: ['list-at-first-read'] }, async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  const before = await guest.open(`${root}/a/tasks`, 'r');
  await attach(guest, child.pid, `${root}/a`);
  const after = await guest.open(`${root}/a/tasks`, 'r');
  t.is(await after.read(), `${child.pid}\n`);
  t.is(await before.read(), '');
  await before.close();
  await after.close();
});

test('rmdir of a container with tasks is EBUSY until they have left', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithTask(context);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
  await attach(guest, child.pid, root);
  await guest.rmdir(`${root}/a`);
  t.false(await guest.exists(`${root}/a`));
});

test('a write of PATH_MAX bytes is E2BIG', { differs: ['long-write-cut'] }, async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  t.is(await errnoOf(guest.write(`${root}/a/tasks`, String(child.pid).padEnd(4096, '\n'))), 'E2BIG');
  t.deepEqual(await tasksOf(guest, `${root}/a`), []);
});

test('a write through a file kept open after the container was removed is ENODEV', async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  const file = await guest.open(`${root}/a/tasks`, 'w');
  await guest.rmdir(`${root}/a`);
  t.is(await errnoOf(file.write(`${child.pid}\n`)), 'ENODEV');
  await file.close();
  t.true((await tasksOf(guest, root)).includes(child.pid));
});
