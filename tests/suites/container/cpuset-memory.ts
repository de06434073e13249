/** Cpusets that confine memory: what can be seen on machines with two nodes only. */
import type { Guest } from 'quiltboot/suite';
import { attach, mountHierarchy } from '../lib/hierarchy.ts';
import type { ContainerContext } from '../lib/suite.ts';
import { suite } from '../lib/suite.ts';

const { test } = suite({ needs: ['containers', 'tasks', 'fork-exit', 'cpuset', 'memory-nodes'] });

/** Mounts a hierarchy with a set for each of two memory nodes, n0 and n1. Ends the case where there is one node. */
async function mountWithNodes(context: ContainerContext): Promise<string> {
  const { guest, skip } = context;
  const root = await mountHierarchy(context, { options: 'cpuset' });
  if ((await guest.read(`${root}/cpuset.mems`)) !== '0-1\n') skip('the guest has one memory node');
  for (const node of ['0', '1']) {
    await guest.mkdir(`${root}/n${node}`);
    await guest.write(`${root}/n${node}/cpuset.cpus`, '0');
    await guest.write(`${root}/n${node}/cpuset.mems`, node);
  }
  return root;
}

interface Toucher {
  readonly pid: number;
  /** `ready` once it has touched all its memory; undefined while it does, and when it has been killed before. */
  readonly said: () => Promise<boolean>;
  readonly alive: () => Promise<boolean>;
}

/** Starts a process in a container that touches memory, under a policy that binds it to a node if one is named. */
async function toucher(guest: Guest, container: string, mib: number, node?: number): Promise<Toucher> {
  const words = ['touch', String(mib), ...(node === undefined ? [] : [String(node)])].join(' ');
  const out = `/touched-${container.replaceAll('/', '-')}-${mib}`;
  const started = await guest.sh(
    `echo 0 >${container}/tasks; (echo 1000 >/dev/null; exec load ${words} >${out} 2>&1) & echo $!`,
  );
  const pid = Number(started.trim());
  const alive = async (): Promise<boolean> => {
    const stat = await guest.read(`/proc/${pid}/stat`).catch(() => '');
    return stat !== '' && !/^\d+ \(.*\) Z/.test(stat);
  };
  return { pid, alive, said: async () => (await guest.read(out).catch(() => '')).includes('ready') };
}

/** Pages of anonymous memory that a process has on each of two nodes. */
async function pagesByNode(guest: Guest, pid: number): Promise<[number, number]> {
  const text = await guest.read(`/proc/${pid}/numa_maps`);
  const anonymous = text.split('\n').filter((line) => /\banon=/.test(line));
  const sum = (node: number): number =>
    anonymous.reduce((total, line) => total + Number(new RegExp(`\\bN${node}=(\\d+)`).exec(line)?.[1] ?? 0), 0);
  return [sum(0), sum(1)];
}

const mib = 256; // pages of 4 KiB

test('the memory of a task comes from the nodes of its set', async (t, context) => {
  const { guest } = context;
  const root = await mountWithNodes(context);
  for (const node of [0, 1]) {
    const task = await toucher(guest, `${root}/n${node}`, 20);
    await guest.until('it has touched its memory', task.said);
    const pages = await pagesByNode(guest, task.pid);
    t.true((pages[node] ?? 0) >= 20 * mib, pages.join(' '));
    // What the program had before it came in may be anywhere.
    t.true((pages[1 - node] ?? 0) < 4 * mib, pages.join(' '));
  }
});

test('the status of a task shows the nodes of its set', async (t, context) => {
  const { guest } = context;
  const root = await mountWithNodes(context);
  const others = await guest.read('/proc/cgroups').catch(() => '');
  if (/^cpuset\s/m.test(others)) context.skip('the lines belong to the control groups of this kernel');
  const child = await guest.fork();
  await attach(guest, child.pid, `${root}/n1`);
  t.regex(await guest.read(`/proc/${child.pid}/status`), /^Mems_allowed_list:\t1$/m);
  await attach(guest, child.pid, root);
  t.regex(await guest.read(`/proc/${child.pid}/status`), /^Mems_allowed_list:\t0-1$/m);
});

test('a memory policy that names no node of the set is passed over, and nobody is killed', async (t, context) => {
  const { guest } = context;
  const root = await mountWithNodes(context);
  const bystander = await toucher(guest, root, 30);
  await guest.write(`/proc/${bystander.pid}/oom_score_adj`, '900');
  const task = await toucher(guest, `${root}/n0`, 20, 1);
  await guest.until('it has touched its memory', async () => (await task.said()) || !(await task.alive()));
  t.true(await task.alive());
  t.true(await bystander.alive());
  const [first] = await pagesByNode(guest, task.pid);
  t.true(first >= 20 * mib);
});

test('a set whose nodes are full kills its own tasks and nobody else', { timeoutMs: 120_000 }, async (t, context) => {
  const { guest } = context;
  const root = await mountWithNodes(context);
  const bystander = await toucher(guest, `${root}/n0`, 30);
  await guest.until('the bystander has its memory', bystander.said);
  await guest.write(`/proc/${bystander.pid}/oom_score_adj`, '900');
  const task = await toucher(guest, `${root}/n1`, 400);
  await guest.until('the task has been killed', async () => !(await task.alive()), 60_000);
  t.false(await task.said());
  t.true(await bystander.alive());
});
