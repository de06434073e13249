import type { Guest } from 'quiltboot/suite';
import { attach, errnoOf, mountHierarchy, remount, tasksOf } from '../lib/hierarchy.ts';
import type { ContainerContext } from '../lib/suite.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit', 'release'] });

const agent = '/release-agent';
const journal = '/released';

/** Installs a script as the agent of a new hierarchy; what it does besides keeping a journal is given. */
async function withAgent(context: ContainerContext, more = ''): Promise<string> {
  const { guest, dialect } = context;
  const script = `#!/bin/sh\necho "$#:$1:$HOME:$PATH" >>${journal}\n${more}\n`;
  await guest.write(journal, '', { create: true });
  await guest.write(agent, script, { create: true });
  await guest.chmod(agent, 0o755);
  const options = [...dialect.plainSubsystems, `release_agent=${agent}`].join(',');
  return mountHierarchy(context, { options });
}

/** Paths that the agent was told of, in order. */
async function released(guest: Guest): Promise<string[]> {
  const lines = (await guest.read(journal)).split('\n').filter(Boolean);
  return lines.map((line) => line.split(':')[1] ?? '');
}

async function makeContainer(guest: Guest, path: string, notify = true): Promise<void> {
  await guest.mkdir(path);
  await guest.write(`${path}/notify_on_release`, notify ? '1' : '0');
}

/** Puts a task in and takes it out by its exit. */
async function useOnce(guest: Guest, path: string): Promise<void> {
  const child = await guest.fork();
  await attach(guest, child.pid, path);
  await child.exit(0);
}

/**
 * Waits until every notification that was due is in the journal: a container made for it is released twice, and
 * what was queued before has run by then.
 */
async function drain(guest: Guest, root: string): Promise<void> {
  for (const name of ['last-1', 'last-2']) {
    await makeContainer(guest, `${root}/${name}`);
    await useOnce(guest, `${root}/${name}`);
    await guest.until(`the agent is told of ${name}`, async () => (await released(guest)).includes(`/${name}`));
    await guest.rmdir(`${root}/${name}`);
  }
}

async function releasedInAll(guest: Guest, root: string): Promise<string[]> {
  await drain(guest, root);
  return (await released(guest)).filter((path) => !path.startsWith('/last-'));
}

test('a new container does not notify', { differs: ['inherits-notify'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.write(`${root}/notify_on_release`, '1');
  await guest.mkdir(`${root}/a`);
  t.is(await guest.read(`${root}/a/notify_on_release`), '0\n');
  await guest.write(`${root}/a/notify_on_release`, '1');
  await guest.mkdir(`${root}/a/b`);
  t.is(await guest.read(`${root}/a/b/notify_on_release`), '0\n');
});

test(
  'notify_on_release is 1 after any number but 0, and 0 after 0',
  { differs: ['einval-for-eio'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    await guest.mkdir(`${root}/a`);
    const file = `${root}/a/notify_on_release`;
    for (const [written, expected] of [
      ['1', '1\n'],
      ['0', '0\n'],
      ['7\n', '1\n'],
      ['0\n', '0\n'],
      ['1\n', '1\n'],
      ['nonsense', '0\n'],
    ] as const) {
      await guest.write(file, written);
      t.is(await guest.read(file), expected, JSON.stringify(written));
    }
  },
);

test('releasable is 0 at first and cannot be written: EINVAL', { differs: ['no-releasable'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.mkdir(`${root}/a`);
  t.is(await guest.read(`${root}/a/releasable`), '0\n');
  t.is(await errnoOf(guest.write(`${root}/a/releasable`, '1')), 'EINVAL');
  t.is(await guest.read(`${root}/a/releasable`), '0\n');
});

test(
  'releasable is 1 once a task has moved out, also with new tasks inside',
  { differs: ['no-releasable'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    await guest.mkdir(`${root}/a`);
    const child = await guest.fork();
    await attach(guest, child.pid, `${root}/a`);
    t.is(await guest.read(`${root}/a/releasable`), '0\n');
    await attach(guest, child.pid, root);
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
    await attach(guest, child.pid, `${root}/a`);
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
  },
);

test(
  'moving a task to where it is does not make a container releasable',
  { differs: ['no-releasable'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    await guest.mkdir(`${root}/a`);
    const child = await guest.fork();
    await attach(guest, child.pid, `${root}/a`);
    await attach(guest, child.pid, `${root}/a`);
    t.is(await guest.read(`${root}/a/releasable`), '0\n');
  },
);

test('releasable is 1 once a child was removed', { differs: ['no-releasable'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.mkdir(`${root}/a`);
  await guest.mkdir(`${root}/a/b`);
  t.is(await guest.read(`${root}/a/releasable`), '0\n');
  await guest.rmdir(`${root}/a/b`);
  t.is(await guest.read(`${root}/a/releasable`), '1\n');
});

test(
  'releasable is 1 once the last task exited from a container that notifies',
  { differs: ['no-releasable'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context);
    await makeContainer(guest, `${root}/a`);
    await useOnce(guest, `${root}/a`);
    await guest.until('the exit shows', async () => (await guest.read(`${root}/a/releasable`)) === '1\n');
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
  },
);

test('any write to notify_on_release clears releasable', { differs: ['no-releasable'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.mkdir(`${root}/a`);
  for (const written of ['1', '0', '1', '1', '0', '0']) {
    await guest.mkdir(`${root}/a/b`);
    await guest.rmdir(`${root}/a/b`);
    t.is(await guest.read(`${root}/a/releasable`), '1\n');
    await guest.write(`${root}/a/notify_on_release`, written);
    t.is(await guest.read(`${root}/a/releasable`), '0\n', `after writing ${written}`);
  }
});

test('the agent is a path that can be read and written in the root only', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.mkdir(`${root}/a`);
  t.false(await guest.exists(`${root}/a/release_agent`));
  await guest.write(`${root}/release_agent`, '/one');
  t.is(await guest.read(`${root}/release_agent`), '/one\n');
  await guest.write(`${root}/release_agent`, '/two\n');
  t.is(await guest.read(`${root}/release_agent`), '/two\n');
});

test('only one line end is taken off an agent path', { differs: ['agent-stripped'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.write(`${root}/release_agent`, '/two\n\n');
  t.is(await guest.read(`${root}/release_agent`), '/two\n\n');
});

test('an agent path of PATH_MAX bytes is E2BIG, and the old one stays', async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.write(`${root}/release_agent`, '/old');
  t.is(await errnoOf(guest.write(`${root}/release_agent`, `/${'a'.repeat(4095)}`)), 'E2BIG');
  t.is(await guest.read(`${root}/release_agent`), '/old\n');
});

test('the mount option sets the agent', async (t, context) => {
  const { guest, dialect } = context;
  const root = await mountHierarchy(context, { options: `${dialect.plainSubsystems[0]},release_agent=/agent` });
  t.is(await guest.read(`${root}/release_agent`), '/agent\n');
});

test('each hierarchy has its own agent', async (t, context) => {
  const { guest, dialect } = context;
  const [first, second] = dialect.plainSubsystems;
  const one = await mountHierarchy(context, { options: `${first},release_agent=/one` });
  const two = await mountHierarchy(context, { options: `${second},release_agent=/two`, at: '/dev/two' });
  t.is(await guest.read(`${one}/release_agent`), '/one\n');
  t.is(await guest.read(`${two}/release_agent`), '/two\n');
});

test('the agent is told of the path, with its home and search path, when the last task exited', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await useOnce(guest, `${root}/a`);
  await guest.until('the agent has run', async () => (await released(guest)).length > 0);
  t.is(await guest.read(journal), '1:/a:/:/sbin:/bin:/usr/sbin:/usr/bin\n');
});

test('the agent is told of the path below the root of the hierarchy', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await guest.mkdir(`${root}/a`);
  await guest.mkdir(`${root}/a/b`);
  await makeContainer(guest, `${root}/a/b/c`);
  await useOnce(guest, `${root}/a/b/c`);
  t.deepEqual(await releasedInAll(guest, root), ['/a/b/c']);
});

test('a renamed container is told of by its new path', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await guest.rename(`${root}/a`, `${root}/b`);
  await child.exit(0);
  t.deepEqual(await releasedInAll(guest, root), ['/b']);
});

test('the agent is told when the last task moved away', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  const [one, two] = [await guest.fork(), await guest.fork()];
  await attach(guest, one.pid, `${root}/a`);
  await attach(guest, two.pid, `${root}/a`);
  await attach(guest, one.pid, root);
  t.deepEqual(await releasedInAll(guest, root), []);
  await attach(guest, two.pid, root);
  await guest.until('the agent has run', async () => (await released(guest)).includes('/a'));
  t.deepEqual((await released(guest)).filter((path) => path === '/a').length, 1);
});

test('the agent is told when the last child was removed', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await guest.mkdir(`${root}/a/b`);
  await guest.mkdir(`${root}/a/c`);
  await guest.rmdir(`${root}/a/b`);
  t.deepEqual(await releasedInAll(guest, root), []);
  await guest.rmdir(`${root}/a/c`);
  await guest.until('the agent has run', async () => (await released(guest)).includes('/a'));
  t.is((await released(guest)).filter((path) => path === '/a').length, 1);
});

test('the agent is told only when there is neither task nor child', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await guest.mkdir(`${root}/a/b`);
  await useOnce(guest, `${root}/a`);
  t.deepEqual(await releasedInAll(guest, root), []);
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  await guest.rmdir(`${root}/a/b`);
  t.deepEqual(
    (await released(guest)).filter((path) => path === '/a'),
    [],
  );
  await child.exit(0);
  await guest.until('the agent has run', async () => (await released(guest)).includes('/a'));
  t.pass();
});

test('the agent is told once for each time that a container became empty', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  for (const times of [1, 2, 3]) {
    await useOnce(guest, `${root}/a`);
    await guest.until('the agent has run again', async () => (await released(guest)).length >= times);
  }
  t.deepEqual(await releasedInAll(guest, root), ['/a', '/a', '/a']);
});

test('the agent is not told of a container that was always empty, nor when the flag is set', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await guest.write(`${root}/a/notify_on_release`, '0');
  await guest.write(`${root}/a/notify_on_release`, '1');
  t.deepEqual(await releasedInAll(guest, root), []);
});

test('the agent is not told of a container without the flag', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`, false);
  await useOnce(guest, `${root}/a`);
  await guest.write(`${root}/a/notify_on_release`, '1');
  t.deepEqual(await releasedInAll(guest, root), []);
});

test('the agent is not told of a container that has been removed', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await guest.rmdir(`${root}/a`);
  t.deepEqual(await releasedInAll(guest, root), []);
});

test('a parent that asked is told when its last child was removed upon release', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await makeContainer(guest, `${root}/a/b`);
  await useOnce(guest, `${root}/a/b`);
  await guest.until('the agent is told of the child', async () => (await released(guest)).length === 1);
  await guest.rmdir(`${root}/a/b`);
  await guest.until('the agent is told of the parent', async () => (await released(guest)).length === 2);
  await guest.rmdir(`${root}/a`);
  t.deepEqual(await releasedInAll(guest, root), ['/a/b', '/a']);
});

test('a parent that did not ask is not told', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`, false);
  await makeContainer(guest, `${root}/a/b`);
  await useOnce(guest, `${root}/a/b`);
  await guest.until('the agent is told of the child', async () => (await released(guest)).length === 1);
  await guest.rmdir(`${root}/a/b`);
  t.deepEqual(await releasedInAll(guest, root), ['/a/b']);
});

test('a container that came back into use after its release cannot be removed: EBUSY, and nothing is lost', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  await useOnce(guest, `${root}/a`);
  await guest.until('the agent is told', async () => (await released(guest)).length === 1);
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/a`);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'EBUSY');
  t.deepEqual(await tasksOf(guest, `${root}/a`), [child.pid]);
  await child.exit(0);
  await guest.until('the agent is told again', async () => (await released(guest)).length === 2);
  t.is(await errnoOf(guest.rmdir(`${root}/a`)), 'none');
  t.deepEqual(await releasedInAll(guest, root), ['/a', '/a']);
});

test('the kernel does not wait for the end of the agent', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context, '[ "$1" = /slow ] && exec sleep 1000');
  await makeContainer(guest, `${root}/slow`);
  await makeContainer(guest, `${root}/quick`);
  await useOnce(guest, `${root}/slow`);
  await guest.until('the slow agent runs', async () => (await released(guest)).includes('/slow'));
  await useOnce(guest, `${root}/quick`);
  await guest.until('the quick agent has run', async () => (await released(guest)).includes('/quick'));
  t.deepEqual(await released(guest), ['/slow', '/quick']);
});

test(
  'what is removed while it waits for its turn is not told of',
  { differs: ['told-after-removal', 'agent-keeps-up'] },
  async (t, context) => {
    const { guest } = context;
    const root = await withAgent(context);
    const names = Array.from({ length: 80 }, (_, number) => `${root}/w${number}`);
    // Most of them wait when they are removed, the last first, if each becomes idle in less time than it takes to start
    // an agent. By which of these that is so depends on the kernel and its processors: here an agent goes first, there
    // a move waits for all processors.
    const notifying = (name: string): string => `echo 1 >${name}/notify_on_release`;
    const children = names.map((name) => `${name}/child`);
    const ways = {
      moves: [
        ...names.map((name) => `mkdir ${name}; ${notifying(name)}`),
        ...names.map((name) => `echo 0 >${name}/tasks`),
        `echo 0 >${root}/tasks`,
        `exec rmdir ${names.toReversed().join(' ')}`,
      ],
      removals: [
        ...names.map((name, index) => `mkdir ${name} ${children[index] ?? ''}; ${notifying(name)}`),
        `exec rmdir ${[...children, ...names.toReversed()].join(' ')}`,
      ],
    };
    const told: Record<string, number> = {};
    for (const [way, script] of Object.entries(ways)) {
      const before = (await releasedInAll(guest, root)).length;
      const { status, stderr } = await guest.run({ argv: ['sh', '-c', script.join('\n')], timeoutMs: 60_000 });
      t.deepEqual({ status, stderr }, { status: 0, stderr: '' }, way);
      told[way] = (await releasedInAll(guest, root)).length - before;
      if (told[way] < names.length) return;
    }
    t.fail(`of ${names.length} each was told of: ${JSON.stringify(told)}`);
  },
);

test('an agent that is missing or empty is passed over in silence', async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await makeContainer(guest, `${root}/a`);
  for (const path of ['/nowhere', '\n']) {
    await guest.write(`${root}/release_agent`, path);
    await useOnce(guest, `${root}/a`);
  }
  await guest.write(`${root}/release_agent`, agent);
  t.deepEqual(
    (await releasedInAll(guest, root)).filter((path) => path !== '/a'),
    [],
  );
  await guest.rmdir(`${root}/a`);
});

test('the flag of the root brings no notification', { differs: ['root-notifies'] }, async (t, context) => {
  const { guest } = context;
  const root = await withAgent(context);
  await guest.write(`${root}/notify_on_release`, '1');
  await guest.mkdir(`${root}/a`);
  await guest.rmdir(`${root}/a`);
  t.deepEqual(await releasedInAll(guest, root), []);
});

test('an agent that was changed is the one that is run', async (t, context) => {
  const { guest, dialect } = context;
  const root = await withAgent(context);
  await guest.write('/other', `#!/bin/sh\necho "1:other:$1" >>${journal}\n`, { create: true });
  await guest.chmod('/other', 0o755);
  await remount(context, root, [...dialect.plainSubsystems, 'release_agent=/other'].join(','));
  await makeContainer(guest, `${root}/a`);
  await useOnce(guest, `${root}/a`);
  await guest.until('the agent has run', async () => (await released(guest)).length > 0);
  t.deepEqual(await released(guest), ['other']);
});

test('only a task with all privileges sets the agent: EPERM', { differs: ['agent-by-mode'] }, async (t, context) => {
  const { guest } = context;
  const root = await mountHierarchy(context);
  await guest.write(`${root}/release_agent`, '/agent');
  await guest.chown(`${root}/release_agent`, 1000, 1000);
  const child = await guest.fork();
  await child.setIds({ uid: 1000 });
  t.is(await errnoOf(child.write(`${root}/release_agent`, '/mine')), 'EPERM');
  t.is(await guest.read(`${root}/release_agent`), '/agent\n');
});

test(
  'no lock is held over the start of the agent, whose path may lead through the hierarchy itself',
  { timeoutMs: 30_000 },
  async (t, context) => {
    const { guest } = context;
    const root = await withAgent(context);
    // A mkdir has the directory locked while it waits for its turn; looking up the agent has to wait for that one then.
    await guest.write(`${root}/release_agent`, `${root}/nowhere`);
    const busy = Number(
      await guest.sh(`(while :; do mkdir ${root}/b; rmdir ${root}/b; done) >/dev/null 2>&1 & echo $!`),
    );
    await makeContainer(guest, `${root}/a`);
    for (let round = 0; round < 40; round += 1) await useOnce(guest, `${root}/a`);
    await guest.kill(busy, 9);
    await guest.write(`${root}/release_agent`, agent);
    t.true((await releasedInAll(guest, root)).every((path) => path === '/a' || path === '/b'));
  },
);

test(
  'the agent is told when the last reference of a subsystem was dropped',
  { differs: ['no-veto'] },
  async (t, context) => {
    const { guest } = context;
    const root = await withAgent(context);
    await makeContainer(guest, `${root}/a`);
    await guest.write(`${root}/a/test0.hold`, '1');
    await useOnce(guest, `${root}/a`);
    t.deepEqual(await releasedInAll(guest, root), []);
    await guest.write(`${root}/a/test0.hold`, '0');
    await guest.until('the agent has run', async () => (await released(guest)).includes('/a'));
    t.is((await released(guest)).filter((path) => path === '/a').length, 1);
  },
);
