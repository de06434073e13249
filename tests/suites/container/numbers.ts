/** What counts as a number where one is written, and what a write of nothing does. */
import { errnoOf } from '../lib/errno.ts';
import { attach, mountWithChild, mountWithContainer, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks'] });

test(
  'one number and nothing else is a pid: EIO',
  { differs: ['einval-for-eio', 'numbers-lax'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    const [child, other] = [await guest.fork(), await guest.fork()];
    const { pid } = child;
    for (const text of [`${pid} ${other.pid}`, `${pid} x`, `${pid}x`, `+${pid}`, `${pid}\0`, `${pid}\0x`, `0x${pid}`]) {
      t.is(await errnoOf(guest.write(`${root}/a/tasks`, text)), 'EIO', JSON.stringify(text));
    }
    t.deepEqual(await tasksOf(guest, `${root}/a`), []);
    await guest.write(`${root}/a/tasks`, ` ${pid}\t\n`);
    t.deepEqual(await tasksOf(guest, `${root}/a`), [pid]);
  },
);

test(
  'a number that is too large for a pid is ESRCH',
  { differs: ['einval-for-eio', 'numbers-lax'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    // 2^32 and one more would be pid 1, if only the lower bits counted.
    for (const text of ['4294967297', '99999999999', '18446744073709551617', '9'.repeat(40), '-0']) {
      t.is(await errnoOf(guest.write(`${root}/a/tasks`, text)), 'ESRCH', text);
    }
    t.deepEqual(await tasksOf(guest, `${root}/a`), []);
  },
);

test('a pid with zeros in front is a decimal number', { differs: ['octal-pids'] }, async (t, context) => {
  const { guest } = context;
  const { root, child } = await mountWithChild(context);
  await guest.write(`${root}/a/tasks`, `000${child.pid}`);
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
});

test('a write of no bytes to tasks is EIO', { differs: ['einval-for-eio', 'nothing-is-zero'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  t.is(await errnoOf(guest.write(`${root}/a/tasks`, '')), 'EIO');
  t.deepEqual(await tasksOf(guest, `${root}/a`), []);
});

test(
  'a write of no bytes leaves the flag and the agent as they are; a line of nothing clears the agent',
  { needs: ['release'], differs: ['einval-for-eio', 'nothing-is-zero'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    await guest.mkdir(`${root}/a/b`);
    await guest.write(`${root}/a/notify_on_release`, '1');
    await guest.rmdir(`${root}/a/b`);
    await guest.write(`${root}/a/notify_on_release`, '');
    t.is(await guest.read(`${root}/a/notify_on_release`), '1\n');
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
    await guest.write(`${root}/release_agent`, '/agent');
    await guest.write(`${root}/release_agent`, '');
    t.is(await guest.read(`${root}/release_agent`), '/agent\n');
    await guest.write(`${root}/release_agent`, '\n');
    t.is(await guest.read(`${root}/release_agent`), '\n');
  },
);

test(
  'a number that cannot be read counts as 0 for notify_on_release',
  { needs: ['release'], differs: ['einval-for-eio', 'numbers-lax'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountWithContainer(context);
    const file = `${root}/a/notify_on_release`;
    for (const text of ['1 yes', '1 1', '99999999999999999999', '-99999999999999999999', '0x1', '\n']) {
      await guest.write(file, '1');
      await guest.write(file, text);
      t.is(await guest.read(file), '0\n', JSON.stringify(text));
    }
    for (const text of [' 1 \n', '-1', '4294967296', '9223372036854775807']) {
      await guest.write(file, '0');
      await guest.write(file, text);
      t.is(await guest.read(file), '1\n', JSON.stringify(text));
    }
  },
);

test('the pids are those of the PID namespace of the reader', { needs: ['fork-exit'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context);
  const parent = await guest.fork();
  if ((await errnoOf(parent.unshare(['pid']))) === 'EINVAL') context.skip('this kernel has no PID namespaces');
  await attach(guest, parent.pid, `${root}/a`);
  const inner = await parent.fork();
  t.deepEqual(
    await tasksOf(guest, `${root}/a`),
    [parent.pid, inner.pid].sort((a, b) => a - b),
  );
  // Who is outside has no number there; who is inside is the first one.
  t.is(await inner.read(`${root}/a/tasks`), '1\n');
  t.is(await errnoOf(inner.write(`${root}/tasks`, String(inner.pid))), 'ESRCH');
  await inner.write(`${root}/tasks`, '1');
  t.deepEqual(await tasksOf(guest, `${root}/a`), [parent.pid]);
});
