/**
 * Processes of the guest that get into each other's way on purpose (programs/race.c). What the kernel does in each
 * race is up to chance, within what the seed decides; that it stays whole, and that all comes back, is not.
 *
 * QUILTBOOT_RACE_OPERATIONS, operations of each race, and QUILTBOOT_RACE_SEED change them; with --fresh, for a result
 * in the store does not tell one count from another.
 */
import type { ExecutionContext } from 'ava';
import { errnoOf } from '../lib/errno.ts';
import { ensureDirectory, mountHierarchy, tasksOf } from '../lib/hierarchy.ts';
import type { ContainerContext } from '../lib/suite.ts';
import { suite } from '../lib/suite.ts';

const operations = Number(process.env['QUILTBOOT_RACE_OPERATIONS'] ?? 500);
const seed = Number(process.env['QUILTBOOT_RACE_SEED'] ?? 1);
/** Milliseconds that a race of so many operations may take on a slow machine. */
const patience = (count: number): number => 60_000 + count * 60;

const { test } = suite({
  needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit'],
  timeoutMs: 2 * patience(operations) + 30_000,
});

/** Where the race mounts its hierarchy a second time. */
const elsewhere = '/dev/elsewhere';

/** A kind that chance did not let go well in so many races of other seeds never will. */
const rounds = 5;

/** Runs one race in a mounted hierarchy; whatever it complains about fails the case, and so does a kind that never goes well. */
async function race(
  t: ExecutionContext,
  { guest, dialect }: ContainerContext,
  kinds: string,
  root: string,
  options: string,
  count = operations,
): Promise<void> {
  await ensureDirectory(guest, elsewhere);
  let missing = [...new Set(kinds)];
  let shown = '';
  for (let round = 0; round < rounds && missing.length > 0; round += 1) {
    const now = String(seed + round * 1000);
    const words = [now, String(count), kinds, root, dialect.fsType, options, elsewhere];
    const outcome = await guest.run({ argv: ['load', 'race', ...words], timeoutMs: patience(count) });
    t.deepEqual({ status: outcome.status, stderr: outcome.stderr }, { status: 0, stderr: '' }, outcome.stdout);
    const well = outcome.stdout.split('\n').map((line) => line.slice(0, line.indexOf(' ')));
    missing = missing.filter((kind) => !well.includes(kind));
    shown = outcome.stdout.trim().replaceAll('\n', ', ');
    t.log(`seed ${now}, ${count} operations: ${shown}`);
  }
  t.deepEqual(missing, [], `kinds that never went well; others: ${shown}`);
}

/**
 * Objects in use, by cache. The kernel frees many of them a moment after their last use, and counts those that a
 * processor holds ready as in use: where it can be told to, each cache gives its own back first.
 */
async function slabs({
  guest,
}: ContainerContext): Promise<Map<string, { readonly active: number; readonly perSlab: number }>> {
  // Neither is in every kernel.
  await guest.write('/proc/sys/vm/drop_caches', '3').catch(() => undefined);
  for (const cache of await guest.readdir('/sys/kernel/slab').catch(() => []))
    await guest.write(`/sys/kernel/slab/${cache}/shrink`, '1').catch(() => undefined);
  const lines = (await guest.read('/proc/slabinfo')).split('\n').map((line) => line.split(/\s+/));
  return new Map(
    lines
      .filter(([, active]) => /^\d+$/.test(active ?? ''))
      .map(([name = '', active, , , perSlab]) => [name, { active: Number(active), perSlab: Number(perSlab) }]),
  );
}

interface Race {
  readonly name: string;
  /** See programs/race.c. */
  readonly kinds: string;
  readonly needs?: readonly string[];
  /** The release agent removes what it is told of. */
  readonly agent?: boolean;
}

const races: readonly Race[] = [
  { name: 'tasks fork and exit while they move', kinds: 'dffFFmmppt' },
  { name: 'containers come and go while tasks move in', kinds: 'dDdDmmppFt' },
  { name: 'the hierarchy is mounted and unmounted while tasks exit', kinds: 'uuffFFdDm' },
  { name: 'the agent removes containers while tasks come back', kinds: 'ddnnmmFFpD', needs: ['release'], agent: true },
  { name: 'everything happens at once', kinds: 'dDmpfFntu', needs: ['release'], agent: true },
];

for (const { name, kinds, needs = [], agent = false } of races) {
  test(`${name}, and nothing stays behind`, { needs, differs: ['moves-race-exits'] }, async (t, context) => {
    const { guest, dialect } = context;
    const options = [...dialect.plainSubsystems, ...(agent ? ['release_agent=/bin/unload'] : [])].join(',');
    const root = await mountHierarchy(context, { options });
    await race(t, context, kinds, root, options);
    t.deepEqual(
      (await guest.readdir(root)).filter((each) => each.startsWith('race')),
      [],
    );
    t.true((await tasksOf(guest, root)).includes(guest.pid));
    await errnoOf(guest.umount(elsewhere));
    // The last agents may still be on their way through it.
    const unmounted = async (): Promise<boolean> => (await errnoOf(guest.umount(root))) === 'none';
    await guest.until('the hierarchy is unmounted', unmounted);
    // The hierarchy has ended: each of its subsystems is free for another one. Where the last container is freed a
    // moment after its removal, a hierarchy ends with the first mount that comes and goes later.
    const first = dialect.plainSubsystems[0];
    await guest.until('the subsystems are free', async () => {
      if ((await errnoOf(mountHierarchy(context, { options: first, at: elsewhere }))) === 'none') return true;
      if ((await errnoOf(mountHierarchy(context, { options }))) === 'none') await guest.umount(root);
      return false;
    });
  });
}

test(
  'children with namespaces of their own come and go, and nothing stays behind',
  { needs: ['clone'], differs: ['no-ns', 'only-down-with-ns'] },
  async (t, context) => {
    const { guest } = context;
    const root = await mountHierarchy(context, { options: 'ns' });
    await race(t, context, 'gggf', root, 'ns');
    t.deepEqual(
      (await guest.readdir(root)).filter((each) => each.startsWith('node_')),
      [],
    );
  },
);

test(
  'the references that debug shows are back where they were',
  { needs: ['debug'], differs: ['no-reference-count', 'moves-race-exits'] },
  async (t, context) => {
    const { guest, dialect } = context;
    const options = `${dialect.plainSubsystems[0]},debug`;
    const root = await mountHierarchy(context, { options });
    await guest.mkdir(`${root}/kept`);
    const reader = await guest.fork();
    await reader.write(`${root}/kept/tasks`, '0');
    const files = (['taskcount', 'container_refcount', 'current_css_group_refcount'] as const).map(dialect.debugFile);
    const counts = async (): Promise<string[]> => Promise.all(files.map((file) => reader.read(`${root}/kept/${file}`)));
    const before = await counts();
    await race(t, context, 'ddDmmppffFF', root, options);
    t.deepEqual(await counts(), before);
  },
);

// A leak of one object for each operation of one kind would be some hundred of them.
const leakOperations = 6000;

test(
  'what the kernel had allocated for a race it frees again',
  { differs: ['moves-race-exits'], timeoutMs: 2 * patience(leakOperations) + 30_000 },
  async (t, context) => {
    const { guest, dialect } = context;
    const options = dialect.plainSubsystems.join(',');
    const root = await mountHierarchy(context, { options });
    const kinds = 'dddDDDmmpFt';
    const allowed = 100;
    const processors = (await guest.sched_getaffinity(0)).length;
    await race(t, context, kinds, root, options, leakOperations);
    const before = await slabs(context);
    await race(t, context, kinds, root, options, leakOperations);
    let grown: { readonly name: string; readonly more: number }[] = [];
    await guest
      .until('the caches are back', async () => {
        // The slab that a processor allocates from counts as used whole, and each may have taken another one.
        grown = [...(await slabs(context))]
          .map(([name, now]) => ({ name, perSlab: now.perSlab, more: now.active - (before.get(name)?.active ?? 0) }))
          .filter(({ more, perSlab }) => more > allowed + (processors - 1) * perSlab);
        return grown.length === 0;
      })
      .catch(() => undefined);
    t.deepEqual(
      grown.map(({ name, more }) => `${name}: ${more} more`),
      [],
    );
  },
);
