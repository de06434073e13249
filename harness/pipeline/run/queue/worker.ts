import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hashValues } from '../../../host/files/hash.ts';
import { withScratch } from '../../../host/files/scratch.ts';
import { hostName } from '../../../host/machine.ts';
import { connectQueue, type QueueLink, type QueueTimes, type TakenJob } from '../../../host/queue.ts';
import {
  type CachePaths,
  type Context,
  HostError,
  InterruptedError,
  type SharedStore,
  type Target,
  UserError,
  warning,
} from '../../../model/index.ts';
import {
  type ChainJob,
  leavesToOthers,
  mismatches,
  mostRetries,
  parseJob,
  type WorkerCard,
} from '../../../plan/index.ts';
import { parsePoints, pointsOf } from '../../../results/index.ts';
import { readSeries } from '../../series/read.ts';
import { chooseSuites } from '../../suite/choose.ts';
import { chainKey, toolVersions } from '../chain-key.ts';
import { factsOf } from '../inputs.ts';
import { run } from '../run.ts';
import { unnamedInputs } from '../unnamed-inputs.ts';
import { failureOf } from './failure.ts';
import { openPack } from './pack.ts';
import { isMachines, resultName } from './result.ts';

export interface WorkRequest {
  readonly url: string;
  readonly times?: QueueTimes;
  /** Those that it takes, where the machine has a compiler for them. */
  readonly targets: readonly Target[];
  /** How many chains at once; each beyond the first has a cache of its own. */
  readonly slots: number;
  /** Where things are kept by a slot, counted from 0. */
  readonly cache: (slot: number) => CachePaths;
}

/** How long is waited where there is nothing to do, and until a machine that failed a chain may try it itself; milliseconds. */
const idleMs = 150;
const aloneMs = 10_000;
const announceMs = 5000;

interface Desk {
  readonly link: QueueLink;
  readonly card: WorkerCard;
  readonly store: SharedStore;
  readonly versions: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/**
 * Takes chains from a queue and runs them until it is asked to stop, or Redis is gone for good.
 *
 * @throws InterruptedError in the end, UserError for what the user chose, HostError for a Redis that is gone
 */
export async function work(
  { url, times, targets: chosen, slots, cache }: WorkRequest,
  context: Context,
): Promise<never> {
  const { shared } = context;
  if (!shared?.writable) {
    throw new UserError('a worker needs --store with a private key: results go there', {
      code: 'QB-USAGE',
      hint: 'for instance: quiltboot worker --queue redis://host --store /srv/quiltboot',
    });
  }
  const versions = new Map<string, Readonly<Record<string, string>>>();
  for (const target of chosen) {
    const tools = await toolVersions(target);
    if (tools[`${target.crossCompile}gcc`] !== undefined) versions.set(target.name, tools);
  }
  const targets = chosen.filter((target) => versions.has(target.name));
  if (targets.length === 0)
    throw new HostError('there is no compiler for any of the targets', {
      code: 'QB-TOOL',
      hint: 'run: quiltboot doctor',
    });
  const name = hostName();
  const card: WorkerCard = {
    machine: hashValues(name, cache(0).root).slice(0, 16),
    name,
    targets: targets.map((target) => target.name),
    slots,
    versions: Object.assign({}, ...versions.values()) as Record<string, string>,
  };
  const link = await connectQueue(url, times);
  const announce = (): void => void link.announce(card.machine, card).catch(() => undefined);
  const timer = setInterval(announce, announceMs);
  try {
    await link.announce(card.machine, card);
    const tools = Object.entries(card.versions).map(([tool, version]) => `${tool}: ${version}`);
    const text = `worker ${card.machine.slice(0, 8)} on ${name}: ${card.targets.join(', ')}, ${slots} at once\n${tools.join('\n')}`;
    context.emit({ type: 'note', level: 'info', text });
    const desk: Desk = { link, card, store: shared, versions };
    const all = Array.from({ length: slots }, (_, slot) => serve(desk, { ...context, cache: cache(slot) }));
    await Promise.race([Promise.all(all), link.gone]);
    throw new InterruptedError();
  } finally {
    clearInterval(timer);
    await link.retire(card.machine).catch(() => undefined);
    await link.close();
  }
}

/** One slot: a chain after the other. */
async function serve(desk: Desk, context: Context): Promise<void> {
  const { link, card } = desk;
  while (!context.signal.aborted) {
    let taken: TakenJob | undefined;
    for (const target of card.targets) {
      taken ??= await link.take(target);
      if (taken) {
        await handle(desk, target, taken, context);
        break;
      }
    }
    if (!taken) await delay(idleMs, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

async function handle(desk: Desk, target: string, taken: TakenJob, context: Context): Promise<void> {
  const { card, versions } = desk;
  const job = parseJob(taken.data);
  const say = warning(context);
  if (typeof job === 'string' || job.target !== target) {
    const text = `invalid job in the queue: ${typeof job === 'string' ? job : 'it is in the queue of another target'}`;
    say(text);
    await taken.fail(JSON.stringify(failureOf(new HostError(text))));
    return;
  }
  const what = `${target} ${job.from}..${job.to}`;
  const differ = mismatches(job.needs, versions.get(target) ?? {});
  if (differ.length > 0) {
    const why = `${card.name}: ${differ.join('; ')}`.slice(0, 400);
    const isKnown = job.declined.some(({ machine }) => machine === card.machine);
    if (!isKnown) say(`${what} left to other workers, the tools differ: ${why}`);
    const declined = isKnown ? job.declined : [...job.declined, { machine: card.machine, why }];
    await taken.putBack({ ...job, declined }, 1000);
    return;
  }
  if (leavesToOthers(job, card.machine, Date.now(), aloneMs)) {
    await taken.putBack(job, 300);
    return;
  }
  try {
    await runChain(desk, job, taken, context);
  } catch (error) {
    if (taken.lost.aborted)
      say(`${what} lost its lock in the queue, another worker has it now: this result is discarded`);
    else if (context.signal.aborted) await taken.putBack(job, 0);
    else await giveUp(desk, job, taken, error, context);
  }
}

/** A mistake of the user is one on every machine; a fault of this one is none of another. */
async function giveUp({ card }: Desk, job: ChainJob, taken: TakenJob, error: unknown, context: Context): Promise<void> {
  const failure = failureOf(error);
  warning(context)(`${job.target} ${job.from}..${job.to}: ${failure.text}`);
  const failed = [...job.failed, { machine: card.machine, at: Date.now(), why: failure.text.slice(0, 400) }];
  if (failure.blame === 'host' && job.failed.length < mostRetries) await taken.putBack({ ...job, failed }, 0);
  else await taken.fail(JSON.stringify(failure));
}

/** Runs a chain, and gives its result to the store. Throws what a run does. */
async function runChain(
  { store: all, card, versions }: Desk,
  job: ChainJob,
  taken: TakenJob,
  outer: Context,
): Promise<void> {
  const store = job.trusted ? all.trusted() : all;
  const context: Context = {
    ...outer,
    shared: store,
    signal: AbortSignal.any([outer.signal, taken.lost]),
    fresh: job.round !== '',
  };
  const { request, words } = await openPack(job.pack, { trusted: job.trusted, store }, context);
  const { project, selection, tree } = request;
  const series = await readSeries(selection.spec, context.signal);
  const target = selection.targets.find(({ name }) => name === job.target);
  if (!target || tree.key !== job.tree)
    throw new HostError('the job and its run differ in the target or the tree: it is refused');
  const suites = await chooseSuites(request.suites, series, project);
  const facts = await factsOf(request, series, tree, request.until === 'test' ? suites : []);
  const unnamed = await unnamedInputs({ project, series, suites });
  const points = pointsOf(job, parsePoints(request.points, series.patches.length));
  const own = versions.get(target.name) ?? {};
  const key = chainKey(
    { facts, series, selection, known: project.known, target, versions: own, words, until: request.until, unnamed },
    points,
  );
  if (key !== taken.id)
    throw new HostError(`the job has the key ${taken.id.slice(0, 12)}, its content ${key.slice(0, 12)}: it is refused`);
  await withScratch({ purpose: 'chain' }, async (scratch) => {
    const { target: name, from, to } = job;
    const shard = { target: name, from, to };
    const out = path.join(scratch, 'runs');
    const made = await run({ ...request, shard, out, command: `quiltboot worker: ${name} ${from}..${to}` }, context);
    if (taken.lost.aborted) throw new InterruptedError();
    const [bad] = made.run.cells.filter(({ outcome, blame }) => outcome === 'not-run' && blame === 'host');
    if (isMachines(made.run) && job.failed.length < mostRetries)
      throw new HostError(bad?.cause?.summary ?? 'the machine failed it');
    if (!(await store.give(resultName(taken.id, job.round), made.directory)))
      throw new HostError(`the store ${store.place} did not take the result`);
    if (await taken.done({ by: card.machine })) return;
    warning(outer)(`${name} ${from}..${to} was done by another worker as well: the first result counts`);
  });
}
