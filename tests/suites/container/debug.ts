import type { GuestProcess } from 'quiltboot/suite';
import type { DebugFile } from '../lib/dialect.ts';
import { attach, cssGroupOf, mountHierarchy, mountWithContainer, tasksOf } from '../lib/hierarchy.ts';
import type { ContainerContext } from '../lib/suite.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'tasks', 'fork-exit', 'debug'] });

type Figure = (by: GuestProcess, container: string, name: DebugFile) => Promise<number>;

/** Reads the number in a file of the subsystem. */
function figures({ dialect }: ContainerContext): Figure {
  return async (by, container, name) => {
    const file = dialect.debugFile(name);
    const text = await by.read(`${container}/${file}`);
    if (!/^\d+\n$/.test(text)) throw new Error(`${file} reads ${JSON.stringify(text)}`);
    return Number(text);
  };
}

test('taskcount is the number of tasks in a container', async (t, context) => {
  const { guest } = context;
  const figure = figures(context);
  const root = await mountWithContainer(context, { options: 'debug' });
  t.is(await figure(guest, `${root}/a`, 'taskcount'), 0);
  const parent = await guest.fork();
  await attach(guest, parent.pid, `${root}/a`);
  t.is(await figure(guest, `${root}/a`, 'taskcount'), 1);
  const child = await parent.fork();
  await parent.thread();
  t.is(await figure(guest, `${root}/a`, 'taskcount'), 3);
  t.is(await figure(guest, `${root}/a`, 'taskcount'), (await tasksOf(guest, `${root}/a`)).length);
  await child.exit(0);
  t.is(await figure(guest, `${root}/a`, 'taskcount'), 2);
});

test(
  'the references of a container come and go with its tasks',
  { differs: ['no-reference-count'] },
  async (t, context) => {
    const { guest } = context;
    const figure = figures(context);
    const root = await mountWithContainer(context, { options: 'debug' });
    const empty = await figure(guest, `${root}/a`, 'container_refcount');
    const child = await guest.fork();
    await attach(guest, child.pid, `${root}/a`);
    t.true((await figure(guest, `${root}/a`, 'container_refcount')) > empty);
    await child.exit(0);
    await guest.until(
      'the references have gone',
      async () => (await figure(guest, `${root}/a`, 'container_refcount')) === empty,
    );
    t.is(await figure(guest, `${root}/a`, 'container_refcount'), empty);
  },
);

test('the references of a group come and go with its tasks', async (t, context) => {
  const { guest } = context;
  const figure = figures(context);
  const root = await mountWithContainer(context, { options: 'debug' });
  const reader = await guest.fork();
  await attach(guest, reader.pid, `${root}/a`);
  const alone = await figure(reader, root, 'current_css_group_refcount');
  const children = [await reader.fork(), await reader.fork()];
  t.is(await figure(reader, root, 'current_css_group_refcount'), alone + 2);
  for (const child of children) await child.exit(0);
  await guest.until('they have gone', async () => (await figure(reader, root, 'current_css_group_refcount')) === alone);
  t.is(await figure(reader, root, 'current_css_group_refcount'), alone);
});

test('the group of the reader is named, and is another in another container', async (t, context) => {
  const { guest } = context;
  const root = await mountWithContainer(context, { options: 'debug' });
  const group = (): Promise<string> => cssGroupOf(context, child, root);
  const child = await guest.fork();
  const before = await group();
  t.regex(before, /^(?:0x)?[0-9a-f]+$/);
  await attach(guest, child.pid, `${root}/a`);
  t.not(await group(), before);
});

test(
  'many forks, moves and exits leave no reference behind',
  { differs: ['no-reference-count'] },
  async (t, context) => {
    const { guest } = context;
    const figure = figures(context);
    const root = await mountHierarchy(context, { options: 'debug' });
    for (const name of ['a', 'b']) await guest.mkdir(`${root}/${name}`);
    const before = await figure(guest, `${root}/a`, 'container_refcount');
    for (let round = 0; round < 10; round += 1) {
      const child = await guest.fork();
      await attach(guest, child.pid, `${root}/a`);
      await attach(guest, child.pid, `${root}/b`);
      await attach(guest, child.pid, `${root}/a`);
      await child.exit(0);
    }
    await guest.until('the tasks have gone', async () => (await figure(guest, `${root}/a`, 'taskcount')) === 0);
    for (const name of ['a', 'b']) t.is(await figure(guest, `${root}/${name}`, 'container_refcount'), before);
  },
);
