/**
 * Measures the guests of kernels that are there already: restore against cold boot, what the harness adds to QEMU, and
 * isolated cases per second.
 *
 *   npx tsx scripts/bench/guests.ts x86_64=IMAGE [s390x=IMAGE] [--rounds 11] [--cases 60]
 *
 * The ratios are of things measured in this one call; the limits in milliseconds and cases a second are absolute.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { argv } from 'zx';
import { createLink } from '../../harness/guest/line/link.ts';
import { qemuArguments } from '../../harness/guest/qemu-args.ts';
import { type GuestRoom, openRoom } from '../../harness/host/qemu/room.ts';
import { roomEnvironment } from '../../harness/host/qemu/room-words.ts';
import { memoryOf } from '../../harness/host/qemu/snapshots.ts';
import { type BootTarget, type Context, findBootTarget, makeImage } from '../../harness/index.ts';
import { bootRetrying, guestFactory } from '../../harness/pipeline/guest/factory.ts';
import { testStage } from '../../harness/pipeline/suite/stage.ts';
import { scriptContext } from '../context.ts';
import { type Figure, median, printFigures } from './figures.ts';

const number = (name: string, usual: number): number => {
  const value: unknown = argv[name];
  return typeof value === 'number' ? value : usual;
};
const rounds = number('rounds', 11);
const cases = number('cases', 60);
/** A guest of either kind: booted here, or by a factory. */
type BenchGuest = Awaited<ReturnType<Awaited<ReturnType<typeof guestFactory>>['acquire']>>;

const machine = { cpus: 1, memoryMiB: 256, commandLine: [] };

/** Milliseconds of an action. */
async function timed(action: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

/** Sends the monitor one request and resolves with its answer, as text. */
async function ask(monitor: net.Socket, request: object): Promise<string> {
  const answer = new Promise<string>((resolve) => {
    const onData = (chunk: Buffer): void => {
      // The greeting and events are no answers.
      if (!chunk.includes('"return"')) return;
      monitor.off('data', onData);
      resolve(chunk.toString());
    };
    monitor.on('data', onData);
  });
  monitor.write(`${JSON.stringify(request)}\n`);
  return await answer;
}

/** QEMU with its arguments and places, in a room or without one. */
type Bare = Pick<GuestRoom, 'seen' | 'shared' | 'admit' | 'wrap'>;

/**
 * QEMU alone doing what a restore does: start, load the state, run, first byte of the agent's answer to a hello. One
 * client of each socket, written by hand, and nothing else.
 */
async function bareRestore(target: BootTarget, state: string, room: Bare, hello: Buffer): Promise<number> {
  const names = ['log', 'agent', 'monitor'] as const;
  const servers = names.map((name) => ({ path: room.shared(name).here, server: net.createServer() }));
  const connected: Promise<net.Socket>[] = [];
  for (const { path: file, server } of servers) {
    server.on('connection', (socket) => {
      // QEMU is killed in the end; what its sockets say of that is no news.
      socket.on('error', () => undefined);
    });
    connected.push(new Promise((resolve) => server.once('connection', resolve)));
    await new Promise<void>((resolve) => server.listen(file, resolve));
    await room.admit(file);
  }
  const there = (name: string): string => room.shared(name).there;
  const { kernel, initramfs = '', memory = '' } = room.seen;
  const argv = qemuArguments({
    target,
    kernel,
    initramfs,
    ...machine,
    sockets: { log: there('log'), agent: there('agent'), monitor: there('monitor') },
    incoming: { memory, shared: false },
  });
  const stdin = await open(state, 'r');
  const started = performance.now();
  const [command, ...args] = room.wrap(argv);
  const child = spawn(command, args, { stdio: [stdin.fd, 'ignore', 'inherit'], env: roomEnvironment });
  try {
    const [, agent, monitor] = await Promise.all(connected);
    if (!agent || !monitor) throw new Error('no sockets');
    const answered = new Promise<void>((resolve) => agent.once('data', () => resolve()));
    const capabilities = [{ capability: 'x-ignore-shared', state: true }];
    await ask(monitor, { execute: 'qmp_capabilities' });
    await ask(monitor, { execute: 'migrate-set-capabilities', arguments: { capabilities } });
    await ask(monitor, { execute: 'migrate-incoming', arguments: { uri: 'fd:0' } });
    while ((await ask(monitor, { execute: 'query-status' })).includes('inmigrate')) await sleep(1);
    monitor.write('{"execute": "cont"}\n');
    // Before the state is loaded the port would forget it.
    agent.write(hello);
    await answered;
    return performance.now() - started;
  } finally {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await stdin.close();
    for (const { server, path: file } of servers) {
      server.close();
      await rm(file, { force: true });
    }
  }
}

/** No room at all. */
function openPlace(seen: Bare['seen'], directory: string): Bare {
  const shared = (name: string): { here: string; there: string } => {
    const file = path.join(directory, name);
    return { here: file, there: file };
  };
  return { seen, shared, admit: () => Promise.resolve(), wrap: ([...argv]) => argv };
}

function hello(): Buffer {
  const link = createLink(() => 4711);
  link.hello();
  return link.takeOutput();
}

async function figuresOf(target: BootTarget, image: string, scratch: string, context: Context): Promise<Figure[]> {
  const { initramfs } = await makeImage({ target }, context);
  const snapshots = path.join(scratch, `snapshots-${target.name}`);
  const request = { target, kernel: { image }, initramfs, ...machine, logFile: path.join(scratch, 'guest.log') };
  // Until a guest answers, or has run a command; its end is not a part of either, nor of what QEMU alone does.
  const ready = async (open: () => Promise<BenchGuest>, command?: readonly [string, ...string[]]): Promise<number> => {
    let guest: BenchGuest | undefined;
    const ms = await timed(async () => {
      guest = await open();
      if (command) await guest.run(command);
    });
    await guest?.close();
    return ms;
  };
  const first = (open: Parameters<typeof ready>[0]): Promise<number> => ready(open, ['/bin/true']);
  const cold: number[] = [];
  for (let round = 0; round < Math.min(5, rounds); round += 1)
    cold.push(await first(() => bootRetrying(request, context)));

  const factory = await guestFactory({ ...request, snapshots }, context);
  const state = (await readdir(snapshots)).find((name) => name.endsWith('.state'));
  if (state === undefined) throw new Error(`no snapshot of ${image} could be made`);
  const restore: number[] = [];
  const call: number[] = [];
  const bare: number[] = [];
  const walled: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    restore.push(await first(() => factory.acquire()));
    call.push(await ready(() => factory.acquire()));
    const snapshot = path.join(snapshots, state);
    const files = { kernel: image, initramfs, memory: memoryOf(snapshot) };
    const room = await openRoom({ binary: target.qemu.binary, files, vouched: false });
    bare.push(await bareRestore(target, snapshot, openPlace(files, scratch), hello()));
    walled.push(await bareRestore(target, snapshot, room, hello()));
    await room.remove();
  }
  await factory.close();

  const suite = path.join(scratch, 'trivial.ts');
  const text = Array.from(
    { length: cases },
    (_, index) => `test('case ${index}', async (t, { guest }) => { t.true(await guest.exists('/proc/1')); });\n`,
  );
  await writeFile(suite, `import test from 'quiltboot/suite';\n${text.join('')}`);
  const logs = path.join(scratch, 'logs');
  await mkdir(logs, { recursive: true });
  const run = (match: string): Promise<number> =>
    timed(async () => {
      const result = await testStage(
        {
          kernel: { image, kernelVersion: 'any' },
          initramfs,
          target,
          machine,
          point: 0,
          dialect: 'container',
          features: {},
          suites: [suite],
          logDirectory: logs,
          match,
        },
        { ...context, guests: 2, cache: { ...context.cache, root: scratch } },
      );
      if (result.outcome !== 'pass') throw new Error(JSON.stringify(result.cause));
    });
  // The snapshot is made in the first, and the start of the suite process is in both.
  const last = `case ${cases - 1}`;
  const one = Math.min(await run(last), await run(last));
  const all = await run('case');
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  return [
    {
      name: `${target.name}: restore to first command / cold boot to first command`,
      value: median(restore) / median(cold),
      limit: 0.33,
      detail: `${ms(median(restore))} / ${ms(median(cold))}`,
    },
    {
      name: `${target.name}: restore to first call, what the harness adds to QEMU, ms`,
      value: median(call) - median(bare),
      limit: 30,
      detail: `${ms(median(call))} - ${ms(median(bare))}`,
    },
    {
      name: `${target.name}: what the sandbox adds to a restore, ms`,
      value: median(walled) - median(bare),
      limit: 10,
      detail: `${ms(median(walled))} - ${ms(median(bare))}`,
    },
    {
      name: `${target.name}: isolated trivial cases a second`,
      value: (cases - 1) / ((all - one) / 1000),
      limit: 12,
      atLeast: true,
      detail: `${cases} cases in ${(all / 1000).toFixed(1)} s, one in ${(one / 1000).toFixed(1)} s`,
    },
  ];
}

const scratch = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-bench-guests-'));
const context = scriptContext({ guests: 2 });
try {
  const figures: Figure[] = [];
  for (const word of argv._) {
    const [name = '', image = ''] = word.split('=');
    await readFile(image);
    figures.push(...(await figuresOf(findBootTarget(name), path.resolve(image), scratch, context)));
  }
  if (figures.length === 0) throw new Error('name kernels: scripts/bench/guests.ts x86_64=IMAGE');
  printFigures(figures, { node: process.version });
} finally {
  await rm(scratch, { recursive: true, force: true });
}
