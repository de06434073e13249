/**
 * The contract of task containers as a value: hierarchies of one subsystem each, containers, tasks, flags and the agents
 * that must have been told. It knows no kernel; operations.ts says what one must do to agree with it.
 */

/** What implementations do in their own way (see the dialects). */
export interface Habits {
  /** Its containers have a file `releasable`. */
  readonly hasReleasable: boolean;
  /** A child starts with the `notify_on_release` of its parent. */
  readonly inheritsNotify: boolean;
}

export interface Container {
  notify: boolean;
  releasable: boolean;
}

export interface Hierarchy {
  mounted: boolean;
  /** By path from the root: '' for the root itself, '/a/b'. Empty while the hierarchy is not active. */
  readonly containers: Map<string, Container>;
  /** Paths that the agent must have been told of, in order, since the sequence began. */
  readonly told: string[];
}

export interface Task {
  readonly id: number;
  /** Its container in each hierarchy. */
  readonly where: string[];
}

/** Containers whose files an operation may have changed: index of the hierarchy and path. */
export type Touched = readonly (readonly [number, string])[];

export interface Effect {
  /** `none` when the call must succeed. */
  readonly errno: string;
  readonly touched: Touched;
}

/** What can be seen of a machine. */
export interface Snapshot {
  /** By `0:/a/b`. */
  readonly containers: Record<string, { children: string[]; tasks: number[]; flags: Record<string, string> }>;
  /** By number: the path in each active hierarchy. */
  readonly tasks: Record<string, Record<string, string>>;
  /** What the agent of each hierarchy was told, in order; none: no entry. */
  readonly told: Record<string, string[]>;
}

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

export class Contract {
  readonly hierarchies: readonly Hierarchy[];
  readonly tasks: Task[] = [];
  readonly #habits: Habits;

  constructor(count: number, habits: Habits) {
    this.hierarchies = Array.from({ length: count }, () => ({ mounted: false, containers: new Map(), told: [] }));
    this.#habits = habits;
  }

  hierarchy(index: number): Hierarchy {
    const found = this.hierarchies[index];
    if (found === undefined) throw new Error(`the model has no hierarchy ${index}`);
    return found;
  }

  childrenOf(index: number, path: string): string[] {
    return [...this.hierarchy(index).containers.keys()].filter((each) => each !== '' && parentOf(each) === path);
  }

  tasksIn(index: number, path: string): Task[] {
    return this.tasks.filter(({ where }) => where[index] === path);
  }

  mount(index: number): Effect {
    const hierarchy = this.hierarchy(index);
    hierarchy.mounted = true;
    if (!hierarchy.containers.has('')) hierarchy.containers.set('', { notify: false, releasable: false });
    return { errno: 'none', touched: [...hierarchy.containers.keys()].map((path) => [index, path]) };
  }

  /** With containers below the root the hierarchy stays; without, it ends. */
  unmount(index: number): Effect {
    const hierarchy = this.hierarchy(index);
    hierarchy.mounted = false;
    if (this.childrenOf(index, '').length === 0) hierarchy.containers.clear();
    return { errno: 'none', touched: [] };
  }

  mkdir(index: number, path: string): Effect {
    const { containers } = this.hierarchy(index);
    const parent = containers.get(parentOf(path));
    if (parent === undefined) return { errno: 'ENOENT', touched: [] };
    if (containers.has(path)) return { errno: 'EEXIST', touched: [[index, path]] };
    containers.set(path, { notify: this.#habits.inheritsNotify && parent.notify, releasable: false });
    return { errno: 'none', touched: around(index, path) };
  }

  rmdir(index: number, path: string): Effect {
    const { containers } = this.hierarchy(index);
    if (!containers.has(path)) return { errno: 'ENOENT', touched: [] };
    const busy = this.childrenOf(index, path).length > 0 || this.tasksIn(index, path).length > 0;
    if (busy) return { errno: 'EBUSY', touched: around(index, path) };
    containers.delete(path);
    const parent = containers.get(parentOf(path));
    if (parent) parent.releasable = true;
    this.#settle(index, parentOf(path));
    return { errno: 'none', touched: [[index, parentOf(path)]] };
  }

  /** In place: the new name is one beside the old one. */
  rename(index: number, from: string, to: string): Effect {
    const { containers } = this.hierarchy(index);
    if (!containers.has(from)) return { errno: 'ENOENT', touched: [] };
    if (from === to) return { errno: 'none', touched: [[index, from]] };
    if (containers.has(to))
      return {
        errno: 'EEXIST',
        touched: [
          [index, from],
          [index, to],
        ],
      };
    const renamed = (path: string): string =>
      path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
    const all = [...containers].map(([path, container]) => [renamed(path), container] as const);
    containers.clear();
    for (const [path, container] of all) containers.set(path, container);
    for (const task of this.tasks) task.where[index] = renamed(task.where[index] ?? '');
    return { errno: 'none', touched: all.map(([path]) => [index, path]) };
  }

  notify(index: number, path: string, value: boolean): Effect {
    const container = this.hierarchy(index).containers.get(path);
    if (container === undefined) return { errno: 'ENOENT', touched: [] };
    container.notify = value;
    container.releasable = false;
    return { errno: 'none', touched: [[index, path]] };
  }

  /** `parent` undefined: by a process that is in every root. */
  fork(id: number, parent: number | undefined): Effect {
    const from = this.tasks.find((task) => task.id === parent);
    const where = from === undefined ? this.hierarchies.map(() => '') : [...from.where];
    this.tasks.push({ id, where });
    return { errno: 'none', touched: where.map((path, index) => [index, path]) };
  }

  exit(id: number): Effect {
    const at = this.tasks.findIndex((task) => task.id === id);
    const [task] = this.tasks.splice(at, 1);
    const where = task?.where ?? [];
    for (const [index, path] of where.entries()) {
      const container = this.hierarchy(index).containers.get(path);
      if (path !== '' && container?.notify === true && this.tasksIn(index, path).length === 0)
        container.releasable = true;
      this.#settle(index, path);
    }
    return { errno: 'none', touched: where.map((path, index) => [index, path]) };
  }

  /** `id` of a task that has exited: no such task. */
  attach(id: number, index: number, path: string): Effect {
    const to = this.hierarchy(index).containers.get(path);
    if (to === undefined) return { errno: 'ENOENT', touched: [] };
    const task = this.tasks.find((each) => each.id === id);
    if (task === undefined) return { errno: 'ESRCH', touched: [[index, path]] };
    const from = task.where[index] ?? '';
    if (from === path) return { errno: 'none', touched: [[index, path]] };
    task.where[index] = path;
    const left = this.hierarchy(index).containers.get(from);
    if (left) left.releasable = true;
    this.#settle(index, from);
    return {
      errno: 'none',
      touched: [
        [index, from],
        [index, path],
      ],
    };
  }

  /** What a kernel that keeps the contract says of some containers, of every task and of the agents. */
  describe(containers: Touched): Snapshot {
    const number = (value: boolean): string => (value ? '1' : '0');
    const active = this.hierarchies.flatMap((each, index) => (each.containers.size > 0 ? [index] : []));
    const told = this.hierarchies.map((each, index): [number, string[]] => [index, [...each.told]]);
    return {
      containers: Object.fromEntries(
        containers.map(([index, path]) => {
          const { notify = false, releasable = false } = this.hierarchy(index).containers.get(path) ?? {};
          const flags = {
            notify_on_release: number(notify),
            ...(this.#habits.hasReleasable ? { releasable: number(releasable) } : {}),
          };
          const children = this.childrenOf(index, path).map((child) => child.slice(path.length + 1));
          const tasks = this.tasksIn(index, path).map(({ id }) => id);
          return [`${index}:${path}`, { children: children.sort(), tasks, flags }];
        }),
      ),
      tasks: Object.fromEntries(
        // The file of a task has a line for each active hierarchy, so none says nothing.
        (active.length === 0 ? [] : this.tasks).map(({ id, where }) => [
          id,
          Object.fromEntries(active.map((index) => [index, where[index] || '/'])),
        ]),
      ),
      told: Object.fromEntries(told.filter(([, paths]) => paths.length > 0)),
    };
  }

  /** Something has left a container: its agent is told when nothing is left in it. */
  #settle(index: number, path: string): void {
    const { containers, told } = this.hierarchy(index);
    if (path === '' || containers.get(path)?.notify !== true) return;
    if (this.tasksIn(index, path).length === 0 && this.childrenOf(index, path).length === 0) told.push(path);
  }
}

function around(index: number, path: string): Touched {
  return [
    [index, path],
    [index, parentOf(path)],
  ];
}
