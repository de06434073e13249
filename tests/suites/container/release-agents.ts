import { errnoOf } from '../lib/errno.ts';
import { mountHierarchy, remount } from '../lib/hierarchy.ts';
import { agent, journal, makeContainer, released, releasedInAll, useOnce, withAgent } from '../lib/release.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit', 'release'] });

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
