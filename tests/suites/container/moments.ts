/** Moments that are too short for a case to see from outside: the program `load` stands in them, and counts. */
import { ensureDirectory, mountHierarchy } from '../lib/hierarchy.ts';
import type { ContainerContext } from '../lib/suite.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit'] });

/** An emulated machine with two processors beside a kernel build needs most of it. */
const patienceMs = 300_000;

/** Runs `load` with these words; resolves with what it counted, by name. */
async function counted({ guest }: ContainerContext, ...words: string[]): Promise<Record<string, number>> {
  const outcome = await guest.run({ argv: ['load', ...words], timeoutMs: patienceMs });
  if (outcome.status !== 0) {
    const { status, signal, timedOut, stdout, stderr } = outcome;
    const end = timedOut ? `timeout after ${patienceMs / 1000} s` : `status ${status ?? `of signal ${signal}`}`;
    throw new Error(`load ${words[0] ?? ''}: ${end}: ${stdout}${stderr}`);
  }
  return Object.fromEntries(
    [...outcome.stdout.matchAll(/^(\w+) (\d+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  );
}

async function makeSet({ guest }: ContainerContext, path: string, cpus: string): Promise<void> {
  await ensureDirectory(guest, path);
  await guest.write(`${path}/cpuset.cpus`, cpus);
  await guest.write(`${path}/cpuset.mems`, '0');
}

test(
  'a task never gets into a container that has been removed',
  { differs: ['moves-starve'], timeoutMs: patienceMs + 60_000 },
  async (t, context) => {
    const root = await mountHierarchy(context);
    const { inside = 0, gone } = await counted(context, 'dead', '2000', root);
    t.true(inside > 0);
    t.is(gone, 0);
  },
);

test(
  'a task that asks for processors while those of its set change keeps none that the set has not',
  { needs: ['cpuset'], differs: ['fork-lags'], timeoutMs: patienceMs + 60_000 },
  async (t, context) => {
    const { guest } = context;
    if ((await guest.sched_getaffinity(0)).length < 2) context.skip('the guest has one processor');
    const root = await mountHierarchy(context, { options: 'cpuset' });
    await makeSet(context, `${root}/a`, '0');
    t.deepEqual(await counted(context, 'affinity', '400', `${root}/a`), { escaped: 0 });
  },
);

test(
  'a child with a container of its own runs on the processors of that, wherever its parent is moved meanwhile',
  { needs: ['cpuset', 'clone', 'proc'], differs: ['no-ns', 'clone-named-late'], timeoutMs: patienceMs + 60_000 },
  async (t, context) => {
    const { guest } = context;
    if ((await guest.sched_getaffinity(0)).length < 2) context.skip('the guest has one processor');
    const root = await mountHierarchy(context, { options: 'ns,cpuset' });
    await makeSet(context, `${root}/s0`, '0');
    await makeSet(context, `${root}/s1`, '1');
    t.deepEqual(await counted(context, 'clones', '500', root), { outside: 0 });
  },
);
