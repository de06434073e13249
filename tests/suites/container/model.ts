/**
 * Sequences of operations that nobody chose, against a model of the contract (lib/model/contract.ts): after each operation
 * the kernel's answer, the containers that it touched and the tasks' own files must be as the model has them, and the
 * agents must have been told what the model says. A sequence that differs is shortened to the operations that it takes.
 *
 * QUILTBOOT_MODEL_SEQUENCES and QUILTBOOT_MODEL_SEED change how many there are, and which; with --fresh, for a result in
 * the store does not tell one count from another.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { Contract, type Touched } from '../lib/model/contract.ts';
import { Kernel } from '../lib/model/kernel.ts';
import { type Operation, operation, perform, tidying } from '../lib/model/operations.ts';
import { type ContainerContext, suite } from '../lib/suite.ts';

const sequences = Number(process.env['QUILTBOOT_MODEL_SEQUENCES'] ?? 8);
const seed = Number(process.env['QUILTBOOT_MODEL_SEED'] ?? 1);
const longest = 40;
const hierarchies = 2;
/** How each sequence begins: without a hierarchy there is little to do. */
const mounting = Array.from({ length: hierarchies }, (_, h): Operation => ({ kind: 'mount', h, a: 0, b: 0 }));
/** Milliseconds within which what an exit or a move has set off shows in the files. */
const settleMs = 3000;

const { test } = suite({
  needs: ['containers', 'test-subsystems', 'tasks', 'fork-exit', 'proc', 'release'],
  timeoutMs: 60_000 + sequences * 10_000,
});

interface Counts {
  operations: number;
}

/** Does one sequence from the beginning to a clean machine; throws where the kernel differs, with the operations until then. */
async function run({ dialect }: ContainerContext, kernel: Kernel, operations: readonly Operation[], counts: Counts) {
  const { differences } = dialect;
  const model = new Contract(hierarchies, {
    hasReleasable: differences['no-releasable'] === undefined,
    inheritsNotify: differences['inherits-notify'] !== undefined,
  });
  await kernel.begin(hierarchies);
  const done: string[] = [];
  const step = async (one: Operation): Promise<void> => {
    const result = await perform({ model, kernel, operation: one });
    if (result === undefined) return;
    done.push(result.words);
    counts.operations += 1;
    await compare(kernel, model, result.effect.touched);
  };
  try {
    for (const one of [...mounting, ...operations]) await step(one);
    await compare(kernel, model, everything(model));
    for (const one of tidying(model)) await step(one);
  } catch (error) {
    await kernel.reset(hierarchies);
    throw new Error(`after ${done.join('; ')}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function everything(model: Contract): Touched {
  return model.hierarchies.flatMap(({ containers }, index) =>
    [...containers.keys()].map((path) => [index, path] as const),
  );
}

/** Waits until what the kernel says is what the model says. */
async function compare(kernel: Kernel, model: Contract, touched: Touched): Promise<void> {
  const visible = touched.filter(([index, path]) => {
    const { mounted, containers } = model.hierarchy(index);
    return mounted && containers.has(path);
  });
  const expected = model.describe(visible);
  const until = Date.now() + settleMs;
  let seen = await kernel.seen(visible, model);
  while (!isDeepStrictEqual(seen, expected) && Date.now() < until) seen = await kernel.seen(visible, model);
  if (isDeepStrictEqual(seen, expected)) return;
  throw new Error(`the kernel has ${JSON.stringify(seen)}, the contract ${JSON.stringify(expected)}`);
}

test('whatever is done in whatever order, the kernel does what the contract says', async (t, context) => {
  const kernel = new Kernel(context);
  await kernel.installAgents(hierarchies);
  await kernel.reset(hierarchies);
  const counts = { operations: 0 };
  const begin = Date.now();
  const property = fc.asyncProperty(
    fc.array(operation(hierarchies), { maxLength: longest, size: 'max' }),
    (operations) => run(context, kernel, operations, counts),
  );
  const result = await fc.check(property, { seed, numRuns: sequences });
  const seconds = (Date.now() - begin) / 1000;
  t.log(`seed ${seed}: ${result.numRuns} sequences, ${counts.operations} operations in ${seconds.toFixed(1)} s`);
  const shortest = result.errorInstance instanceof Error ? result.errorInstance.message : 'no sequence was left';
  t.false(result.failed, `${shortest} (QUILTBOOT_MODEL_SEED=${seed}, shortened ${result.numShrinks} times)`);
});
