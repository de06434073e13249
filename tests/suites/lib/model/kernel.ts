/** The kernel's side of the model: its tasks by number, its hierarchies, and what its files say. */
import type { Guest, GuestProcess, GuestTask } from 'quiltboot/suite';
import { errnoOf } from '../errno.ts';
import { ensureDirectory, mountHierarchy } from '../hierarchy.ts';
import type { ContainerContext } from '../suite.ts';
import type { Contract, Snapshot, Touched } from './contract.ts';

export class Kernel {
  readonly guest: Guest;
  readonly #context: ContainerContext;
  readonly #tasks = new Map<number, GuestTask>();
  readonly #pids = new Map<number, number>();
  #last = 0;

  constructor(context: ContainerContext) {
    this.#context = context;
    this.guest = context.guest;
  }

  root(index: number): string {
    return `/dev/model${index}`;
  }

  at(index: number, path: string): string {
    return this.root(index) + path;
  }

  nextId(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Of every task that the sequence made, those that have exited included. */
  ids(): number[] {
    return [...this.#pids.keys()];
  }

  pidOf(id: number): number {
    return this.#pids.get(id) ?? 0;
  }

  async mount(index: number): Promise<void> {
    const options = `${this.#subsystem(index)},release_agent=${agentFile(index)}`;
    await mountHierarchy(this.#context, { options, at: this.root(index) });
  }

  async fork(id: number, parent: number | undefined): Promise<void> {
    const by: GuestProcess = parent === undefined ? this.guest : (this.#tasks.get(parent) ?? this.guest);
    const task = await by.fork();
    this.#tasks.set(id, task);
    this.#pids.set(id, task.pid);
  }

  async exit(id: number): Promise<void> {
    const task = this.#tasks.get(id);
    this.#tasks.delete(id);
    await task?.exit(0);
  }

  /** Installs the agents, each with a journal of its own. */
  async installAgents(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      await ensureDirectory(this.guest, this.root(index));
      await this.guest.write(agentFile(index), `#!/bin/sh\necho "$1" >>${journalFile(index)}\n`, { create: true });
      await this.guest.chmod(agentFile(index), 0o755);
    }
  }

  /** Brings the machine back to where a sequence begins, whatever a sequence that failed has left. */
  async reset(count: number): Promise<void> {
    for (const id of [...this.#tasks.keys()]) await this.exit(id);
    for (let index = 0; index < count; index += 1) {
      const root = this.root(index);
      await errnoOf(this.mount(index));
      await this.#empty(root);
      await this.guest.umount(root);
    }
  }

  /** Forgets the tasks that have exited and what the agents were told: a sequence begins. */
  async begin(count: number): Promise<void> {
    this.#pids.clear();
    this.#last = 0;
    for (let index = 0; index < count; index += 1) await this.guest.write(journalFile(index), '', { create: true });
  }

  async #empty(directory: string): Promise<void> {
    for (const name of await this.guest.readdir(directory)) {
      if (!/^[abc]$/.test(name)) continue;
      const path = `${directory}/${name}`;
      await this.#empty(path);
      await this.guest.until(`${path} can be removed`, async () => (await errnoOf(this.guest.rmdir(path))) !== 'EBUSY');
    }
  }

  /**
   * What the kernel says now, as {@link Contract.describe} writes it: of the containers given, of every task and of the
   * agents. One process of the guest reads it all, for each question asked by itself would take longer than the answer.
   */
  async seen(containers: Touched, model: Contract): Promise<Snapshot> {
    const { dialect } = this.#context;
    const ours = new Map(model.tasks.map(({ id }) => [this.pidOf(id), id]));
    const places = containers.map(([index, path]) => `${index}:${path} ${this.at(index, path)}`);
    const files = [...ours.keys()].map((pid) => `${pid} ${dialect.taskFile(pid)}`);
    const journals = model.hierarchies.map((_, index) => `${index} ${journalFile(index)}`);
    const flags = ['notify_on_release', ...(dialect.differences['no-releasable'] === undefined ? ['releasable'] : [])];
    const lines = (await this.guest.sh(readAll(places, flags, files, journals))).split('\n');
    const snapshot: Snapshot = { containers: {}, tasks: {}, told: {} };
    for (const line of lines) {
      const [kind = '', name = '', word = '', ...rest] = line.split(' ');
      const value = [word, ...rest].join(' ');
      if (kind === 'told') (snapshot.told[name] ??= []).push(value);
      if (kind === 'file')
        Object.assign((snapshot.tasks[String(ours.get(Number(name)))] ??= {}), this.#membership(value, model));
      if (!['in', 'child', 'task', 'flag'].includes(kind)) continue;
      const container = (snapshot.containers[name] ??= { children: [], tasks: [], flags: {} });
      if (kind === 'child') container.children.push(value);
      if (kind === 'flag') container.flags[word] = rest.join(' ');
      const id = kind === 'task' ? ours.get(Number(word)) : undefined;
      if (id !== undefined) container.tasks.push(id);
    }
    for (const { tasks } of Object.values(snapshot.containers)) tasks.sort((a, b) => a - b);
    return snapshot;
  }

  /** Of a line of a task's file: the number of the hierarchy and the path in it; empty where it is none of ours. */
  #membership(line: string, model: Contract): Record<string, string> {
    const [found] = this.#context.dialect.parseTask(line);
    const index = model.hierarchies.findIndex((_, each) => found?.subsystems.includes(this.#subsystem(each)) === true);
    return found === undefined || index < 0 ? {} : { [index]: found.path };
  }

  #subsystem(index: number): string {
    return this.#context.dialect.plainSubsystems[index] ?? '';
  }
}

const agentFile = (index: number): string => `/model-agent${index}`;
const journalFile = (index: number): string => `/model-told${index}`;

/** A script that only uses what the shell has in itself: lines of what the containers, tasks and journals say. */
function readAll(
  places: readonly string[],
  flags: readonly string[],
  files: readonly string[],
  journals: readonly string[],
): string {
  const lines = (name: string, list: readonly string[], body: readonly string[]): string[] =>
    list.length === 0 ? [] : [`while read name ${name}; do`, ...body, 'done <<EOF', ...list, 'EOF'];
  return [
    ...lines('place', places, [
      'echo "in $name"',
      'for each in a b c; do [ -d "$place/$each" ] && echo "child $name $each"; done',
      'while read pid; do echo "task $name $pid"; done <"$place/tasks"',
      ...flags.map((flag) => `read value <"$place/${flag}"; echo "flag $name ${flag} $value"`),
    ]),
    ...lines('file', files, ['while read line; do echo "file $name $line"; done <"$file"']),
    ...lines('file', journals, ['while read line; do echo "told $name $line"; done <"$file"']),
    'true',
  ].join('\n');
}
