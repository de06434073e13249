/** How deep containers nest, how many there are, and what becomes of paths that are too long. */
import type { Guest } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';
import { attach, mountHierarchy, tasksOf } from '../lib/hierarchy.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems'] });

const deepest = 100;

/** Makes containers below each other, by relative paths: theirs from the root may be longer than any path can be. */
async function nest(guest: Guest, root: string, names: readonly string[]): Promise<void> {
  const maker = await guest.fork();
  await maker.chdir(root);
  for (const name of names) {
    await maker.mkdir(name);
    await maker.chdir(name);
  }
  await maker.end();
}

test('containers nest 100 levels deep and no deeper: ENOSPC', { differs: ['no-limits'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await nest(
    guest,
    root,
    Array.from({ length: deepest }, () => 'd'),
  );
  const path = root + '/d'.repeat(deepest);
  t.is(await errnoOf(guest.mkdir(`${path}/d`)), 'ENOSPC');
  t.false(await guest.exists(`${path}/d`));
  // Beside the deepest there is room.
  await guest.mkdir(`${root}${'/d'.repeat(deepest - 1)}/e`);
});

test(
  'an unshare in the deepest container is ENOSPC, and the task stays where it is',
  { needs: ['clone'], differs: ['no-ns'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'ns' });
    await nest(
      guest,
      root,
      Array.from({ length: deepest }, () => 'd'),
    );
    const path = root + '/d'.repeat(deepest);
    const child = await guest.fork();
    await attach(guest, child.pid, path);
    t.is(await errnoOf(child.unshare(['uts'])), 'ENOSPC');
    t.deepEqual(await tasksOf(guest, path), [child.pid]);
    t.deepEqual(
      (await guest.readdir(path)).filter((name) => name.startsWith('node_')),
      [],
    );
  },
);

/** Seventeen names of 240 bytes are more than PATH_MAX allows. */
const long = Array.from({ length: 17 }, (_, index) => String(index).padStart(240, 'n'));

test(
  'the path of a task is shown whole, or not at all: ENAMETOOLONG',
  { needs: ['proc'], differs: ['paths-cut'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const root = await mountHierarchy(context);
    await nest(guest, root, long);
    const child = await guest.fork();
    const mover = await guest.fork();
    await mover.chdir(root);
    for (const [index, name] of long.entries()) {
      await mover.chdir(name);
      await mover.write('tasks', String(child.pid));
      const path = `/${long.slice(0, index + 1).join('/')}`;
      if (path.length < 4096) {
        t.is(dialect.parseTask(await guest.read(dialect.taskFile(child.pid)))[0]?.path, path);
      } else {
        t.is(await errnoOf(guest.read(dialect.taskFile(child.pid))), 'ENAMETOOLONG');
      }
    }
  },
);

test(
  'no agent is told of another container than the one whose path is too long',
  { needs: ['release'], differs: ['paths-cut'] },
  async (t, context) => {
    const { guest, dialect } = context;
    await guest.write('/told', '', { create: true });
    await guest.write('/agent', '#!/bin/sh\necho "$1" >>/told\n', { create: true });
    await guest.chmod('/agent', 0o755);
    const root = await mountHierarchy(context, {
      options: `${dialect.plainSubsystems.join(',')},release_agent=/agent`,
    });
    await nest(guest, root, long);
    await guest.mkdir(`${root}/short`);
    await guest.write(`${root}/short/notify_on_release`, '1');
    const [mover, child] = [await guest.fork(), await guest.fork()];
    await mover.chdir(root);
    for (const name of long) await mover.chdir(name);
    await mover.write('notify_on_release', '1');
    await mover.write('tasks', String(child.pid));
    // What was queued first has had its turn when the other is told of.
    await attach(guest, child.pid, `${root}/short`);
    await attach(guest, child.pid, root);
    await guest.until('the agent is told', async () => (await guest.read('/told')) !== '');
    t.is(await guest.read('/told'), '/short\n');
    // The console is slower than the agent's line.
    await guest.waitForLog(/no release agent for a container with a path of \d+ bytes or more/);
    t.pass();
  },
);
