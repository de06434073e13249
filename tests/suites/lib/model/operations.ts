/** What a sequence is made of. Numbers choose among what there is at that moment, so that every shorter sequence has a meaning. */
import fc from 'fast-check';
import { errnoOf } from '../errno.ts';
import { type Contract, type Effect, parentOf } from './contract.ts';
import type { Kernel } from './kernel.ts';

/** How many tasks a sequence may have at once, and how deep its containers lie. */
const mostTasks = 6;
const deepest = 3;
const names = ['a', 'b', 'c'];
/** A container that no operation makes. */
const ghost = '/none';

export interface Operation {
  readonly kind: Kind;
  /** Chooses the hierarchy; a, b: what the kind chooses. */
  readonly h: number;
  readonly a: number;
  readonly b: number;
}

/** One operation as it is done: what it is called, what it must do, and how a kernel does it. */
interface Step {
  readonly words: string;
  readonly effect: Effect;
  readonly act: () => Promise<unknown>;
}

interface Place {
  readonly model: Contract;
  readonly kernel: Kernel;
  readonly operation: Operation;
}

/** Undefined: there is nothing to do it to. */
type Make = (place: Place) => Step | undefined;

const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % Math.max(1, list.length)];
const nameAt = (number: number): string => names[number % names.length] ?? '';

/** What is done to a container below the root, of those that can be seen. */
function onContainer(make: (place: Place, path: string) => Step): Make {
  return (place) => {
    const { mounted, containers } = place.model.hierarchy(place.operation.h);
    const paths = mounted ? [...containers.keys()].filter((each) => each !== '').sort() : [];
    const path = pick(paths, place.operation.a);
    return path === undefined ? undefined : make(place, path);
  };
}

const makers = {
  mount: ({ model, kernel, operation: { h } }) =>
    model.hierarchy(h).mounted
      ? undefined
      : { words: `mount ${h}`, effect: model.mount(h), act: () => kernel.mount(h) },
  unmount: ({ model, kernel, operation: { h } }) =>
    model.hierarchy(h).mounted
      ? { words: `umount ${h}`, effect: model.unmount(h), act: () => kernel.guest.umount(kernel.root(h)) }
      : undefined,
  mkdir: ({ model, kernel, operation: { h, a, b } }) => {
    if (!model.hierarchy(h).mounted) return undefined;
    const parents = [...model.hierarchy(h).containers.keys()]
      .filter((path) => path.split('/').length <= deepest)
      .sort();
    const path = `${pick([...parents, ghost], a) ?? ''}/${nameAt(b)}`;
    return {
      words: `mkdir ${h}:${path}`,
      effect: model.mkdir(h, path),
      act: () => kernel.guest.mkdir(kernel.at(h, path)),
    };
  },
  rmdir: onContainer(({ model, kernel, operation: { h } }, path) => ({
    words: `rmdir ${h}:${path}`,
    effect: model.rmdir(h, path),
    act: () => kernel.guest.rmdir(kernel.at(h, path)),
  })),
  rename: onContainer(({ model, kernel, operation: { h, b } }, path) => {
    const to = `${parentOf(path)}/${nameAt(b)}`;
    const act = (): Promise<void> => kernel.guest.rename(kernel.at(h, path), kernel.at(h, to));
    return { words: `rename ${h}:${path} to ${to}`, effect: model.rename(h, path, to), act };
  }),
  notify: onContainer(({ model, kernel, operation: { h, b } }, path) => {
    const act = (): Promise<void> => kernel.guest.write(`${kernel.at(h, path)}/notify_on_release`, String(b % 2));
    return { words: `notify ${h}:${path} ${b % 2}`, effect: model.notify(h, path, b % 2 === 1), act };
  }),
  fork: ({ model, kernel, operation: { a } }) => {
    if (model.tasks.length >= mostTasks) return undefined;
    const parent = pick([undefined, ...model.tasks.map(({ id }) => id)], a);
    const id = kernel.nextId();
    return {
      words: `fork ${id} by ${parent ?? 'root'}`,
      effect: model.fork(id, parent),
      act: () => kernel.fork(id, parent),
    };
  },
  exit: ({ model, kernel, operation: { a } }) => {
    const task = pick(model.tasks, a);
    if (task === undefined) return undefined;
    return { words: `exit ${task.id}`, effect: model.exit(task.id), act: () => kernel.exit(task.id) };
  },
  attach: ({ model, kernel, operation: { h, a, b } }) => {
    const ids = kernel.ids();
    if (!model.hierarchy(h).mounted || ids.length === 0) return undefined;
    const id = pick(ids, b) ?? 0;
    const path = pick([...model.hierarchy(h).containers.keys(), ghost].sort(), a) ?? '';
    const act = (): Promise<void> => kernel.guest.write(`${kernel.at(h, path)}/tasks`, String(kernel.pidOf(id)));
    return { words: `attach ${id} to ${h}:${path}`, effect: model.attach(id, h, path), act };
  },
} satisfies Record<string, Make>;

export type Kind = keyof typeof makers;

/** How often a kind comes, of all weights together. */
const weights: Readonly<Record<Kind, number>> = {
  ...{ mount: 2, unmount: 1, mkdir: 6, rmdir: 4, rename: 2, notify: 4, fork: 5, exit: 4, attach: 9 },
};

const number = fc.nat(11);

/** One operation on one of `count` hierarchies. */
export function operation(count: number): fc.Arbitrary<Operation> {
  const kinds = Object.entries(weights) as [Kind, number][];
  return fc.record({
    kind: fc.oneof(...kinds.map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind) }))),
    h: fc.nat(count - 1),
    a: number,
    b: number,
  });
}

/**
 * Does one operation to the model and to the kernel.
 *
 * @returns its words and what it touched; undefined where there was nothing to do it to
 * @throws Error where the kernel answers something else
 */
export async function perform(place: Place): Promise<{ words: string; effect: Effect } | undefined> {
  const step = makers[place.operation.kind](place);
  if (step === undefined) return undefined;
  const { words, effect, act } = step;
  const errno = await errnoOf(act());
  if (errno !== effect.errno) throw new Error(`${words}: errno ${errno}, by the contract ${effect.errno}`);
  return { words, effect };
}

/** The operations that leave nothing behind. Each is decided when the one before has been done. */
export function* tidying(model: Contract): Generator<Operation> {
  while (model.tasks.length > 0) yield { kind: 'exit', h: 0, a: 0, b: 0 };
  for (const [h, hierarchy] of model.hierarchies.entries()) {
    if (hierarchy.containers.size === 0) continue;
    if (!hierarchy.mounted) yield { kind: 'mount', h, a: 0, b: 0 };
    // The last by name has none below it.
    while (hierarchy.containers.size > 1) yield { kind: 'rmdir', h, a: hierarchy.containers.size - 2, b: 0 };
    yield { kind: 'unmount', h, a: 0, b: 0 };
  }
}
