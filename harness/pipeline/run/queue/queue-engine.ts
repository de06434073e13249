import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { connectQueue, type QueueLink, type QueueTimes } from '../../../host/queue.ts';
import {
  type ChainPart,
  type Context,
  defined,
  HostError,
  InterruptedError,
  type SharedStore,
  UserError,
  warning,
} from '../../../model/index.ts';
import { type ChainJob, costsOf, cutChains, parseCards, parseJob } from '../../../plan/index.ts';
import { pointsOf } from '../../../results/index.ts';
import { chainKey, choiceWords, type KeyFacts, toolVersions } from '../chain-key.ts';
import type { CellEnd, ChainEnd, EngineKind, EngineRoom, EngineSetup } from '../engine.ts';
import { lastRun } from '../inputs.ts';
import { oneToolchain } from '../toolchains.ts';
import { unnamedInputs } from '../unnamed-inputs.ts';
import { parseFailure } from './failure.ts';
import { givePack } from './pack.ts';
import { resultName, takeResult } from './result.ts';
import { giveTree } from './tree.ts';

export { type QueueTimes, queueTimes } from '../../../host/queue.ts';

export interface QueueChoice {
  readonly url: string;
  readonly times?: QueueTimes;
}

/** A chain that stands in the queue. */
interface Pending {
  readonly part: ChainPart;
  readonly key: string;
  readonly job: ChainJob;
}

/** How often ends are looked for, and how often is said that nobody works, in milliseconds. */
const lookMs = 100;
const sayMs = 30_000;

function storeOf({ shared }: Context): SharedStore {
  if (shared?.writable) return shared;
  throw new UserError('--queue needs --store with a private key: workers take the series from there', {
    code: 'QB-USAGE',
    hint: 'for instance: quiltboot run --queue redis://host --store /srv/quiltboot',
  });
}

/** Hands chains to workers by a queue, and takes what they made from the store. */
export function queueEngine({ url, times }: QueueChoice): EngineKind {
  return {
    check: ({ context, request }) => {
      storeOf(context);
      oneToolchain(request.selection, 'a run over a queue');
      return Promise.resolve();
    },
    async open(setup) {
      const store = storeOf(setup.context);
      const link = await connectQueue(url, times);
      try {
        await giveTree(setup.tree, store, setup.context);
        const pack = await givePack(setup, store);
        const close = (): Promise<void> => link.close();
        return {
          start: (room) => ({ run: (chains, signal) => runQueued({ setup, store, link, pack, room }, chains, signal) }),
          close,
        };
      } catch (error) {
        await link.close();
        throw error;
      }
    },
  };
}

interface QueueState {
  readonly setup: EngineSetup;
  readonly store: SharedStore;
  readonly link: QueueLink;
  readonly pack: string;
  readonly room: EngineRoom;
}

async function* runQueued(
  state: QueueState,
  chains: readonly ChainPart[],
  signal: AbortSignal,
): AsyncGenerator<ChainEnd> {
  const { link, setup } = state;
  let pending: readonly Pending[] = [];
  try {
    pending = await prepare(state, chains);
    const waiting: Pending[] = [];
    for (const one of pending) {
      const known = one.job.round === '' ? await resultOf(state, one, one.job) : undefined;
      if (known) yield await ended(state, one, known);
      else {
        await link.push(one.part.target, { id: one.key, data: one.job });
        waiting.push(one);
      }
    }
    pending = waiting;
    let said = 0;
    while (pending.length > 0) {
      if (signal.aborted) throw new InterruptedError();
      const left: Pending[] = [];
      for (const one of pending) {
        const end = await endOf(state, one);
        if (end) yield end;
        else left.push(one);
      }
      pending = left;
      if (pending.length > 0 && performance.now() - said > sayMs) {
        said = performance.now();
        await sayWhoWorks(state, pending);
      }
      await Promise.race([delay(lookMs, undefined, { signal }).catch(() => undefined), link.gone]);
    }
  } catch (error) {
    // What was done is kept; what was not has its reason.
    if (!(error instanceof HostError)) throw error;
    warning(setup.context)(error.message);
    for (const { part } of pending) yield { chain: part, cells: [], fault: error.message };
  }
}

/** Cuts chains for those who work here, and gives each its key. */
async function prepare({ setup, link, pack }: QueueState, chains: readonly ChainPart[]): Promise<Pending[]> {
  const { request, facts, series, points, context } = setup;
  const slots = parseCards(await link.cards()).reduce((sum, card) => sum + card.slots, 0);
  const { costs } = costsOf((await lastRun(request.out, facts))?.cells ?? []);
  const machines = Math.max(1, Math.ceil(slots / chains.length));
  const common = {
    facts,
    series,
    selection: request.selection,
    known: request.project.known,
    words: choiceWords(request),
    until: request.until,
    unnamed: await unnamedInputs({ project: request.project, series, suites: setup.suites }),
  };
  const round = context.fresh ? randomBytes(8).toString('hex') : '';
  const pending: (Pending & { readonly ms: number })[] = [];
  for (const chain of chains) {
    const target = request.selection.targets.find(({ name }) => name === chain.target);
    if (!target) continue;
    const known: KeyFacts = { ...common, target, versions: await toolVersions(target) };
    for (const cut of cutChains(pointsOf(chain, points), [target.name], machines, costs)) {
      const [from = 0, to = from] = [cut.points[0], cut.points.at(-1)];
      const part = { target: target.name, from, to };
      const job: ChainJob = {
        ...{ format: 1, ...part, pack, tree: facts.tree.key, trusted: series.trust === 'own', round },
        ...{ needs: { ...known.versions }, failed: [], declined: [] },
      };
      pending.push({ part, key: chainKey(known, cut.points), job, ms: cut.ms });
    }
  }
  return pending.sort((one, other) => other.ms - one.ms);
}

async function resultOf(
  { setup, store, room }: QueueState,
  { part, key }: Pending,
  { round }: Pick<ChainJob, 'round'>,
): Promise<CellEnd[] | undefined> {
  const at = { store, directory: room.directory, say: warning(setup.context) };
  return await takeResult(resultName(key, round), part, setup, at);
}

async function ended({ room }: QueueState, { part }: Pending, cells: readonly CellEnd[]): Promise<ChainEnd> {
  for (const cell of cells) await room.onCell(cell);
  return { chain: part, cells };
}

/** The end of a chain; undefined as long as it has none. Throws UserError for what no machine can help. */
async function endOf(state: QueueState, one: Pending): Promise<ChainEnd | undefined> {
  const { link, setup } = state;
  const { target, from, to } = one.part;
  const end = await link.end(target, one.key);
  if (end?.failed !== undefined) {
    const { blame, text } = parseFailure(end.failed);
    if (blame === 'user') throw new UserError(`${target} ${from}..${to}: ${text}`);
    return { chain: one.part, cells: [], fault: text };
  }
  if (end) {
    // Somebody else may have asked for it at the same time, in a round of their own.
    const job = parseJob(end.data);
    const cells = await resultOf(state, one, typeof job === 'string' ? one.job : job);
    if (cells) return await ended(state, one, cells);
    return { chain: one.part, cells: [], fault: 'the worker is done, but its result is not in the store' };
  }
  const waits = await link.look(target, one.key);
  // It is gone from Redis, which came back without what it had.
  if (!waits) await link.push(target, { id: one.key, data: one.job });
  const job = waits && parseJob(waits.data);
  if (!job || typeof job === 'string' || job.declined.length === 0) return undefined;
  const able = parseCards(await link.cards()).filter((card) => card.targets.includes(target));
  const open = able.filter((card) => !job.declined.some(({ machine }) => machine === card.machine));
  if (able.length === 0 || open.length > 0) return undefined;
  await link.drop(target, one.key);
  const why = job.declined.map((declined) => declined.why).join('; ');
  const fault = `no worker can do ${target} ${from}..${to}: ${why}`;
  warning(setup.context)(fault);
  return { chain: one.part, cells: [], ...defined({ fault }) };
}

async function sayWhoWorks({ link, setup }: QueueState, pending: readonly Pending[]): Promise<void> {
  const cards = parseCards(await link.cards());
  const lacking = [...new Set(pending.map(({ part }) => part.target))].filter(
    (target) => !cards.some((card) => card.targets.includes(target)),
  );
  if (lacking.length > 0) {
    warning(setup.context)(
      `no worker is there for ${lacking.join(', ')}; start one with: quiltboot worker --queue … --store …`,
    );
  } else {
    const names = cards.map(({ name, slots }) => `${name} (${slots})`).join(', ');
    setup.context.emit({
      type: 'note',
      level: 'info',
      text: `${pending.length} chains wait or run; workers: ${names}`,
    });
  }
}
