/**
 * Measures what several machines bring, on the miniature kernel of the tests: what a plan costs, how fast a walk is that is
 * taken wholly from a store on the loopback, and two workers of one core each beside one. Every figure but the first is a
 * ratio of two things measured in this one call. On a machine that has other work it says little: look at the load below.
 *
 * Usage: npm run build && npx tsx scripts/bench/machines.ts [--only plan,store,workers]
 */
import { generateKeyPairSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { $, argv, type ProcessPromise } from 'zx';
import { costsOf, cutChains, machinesFor } from '../../harness/plan/index.ts';
import { type Figure, printFigures } from './figures.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const main = path.join(root, 'dist', 'main.js');
/** Points of the walk beside the base: with two targets 22 cells. */
const patches = 10;
const targets = 'x86_64,s390x';

async function seconds(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

/** A patch that changes one line of the miniature kernel, and thereby one object. */
function patchOf(point: number): string {
  const says = (at: number): string => (at === 0 ? 'say("log sched: ready");' : `say("log sched: point ${at}");`);
  const head = `From: A Hacker <hacker@example.org>\nSubject: [PATCH] reach point ${point}\n\nWhy.\n\nSigned-off-by: A Hacker <hacker@example.org>\n---\n`;
  const file = 'kernel/sched.c';
  return `${head}diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -3,3 +3,3 @@\n \n-${says(point - 1)}\n+${says(point)}\n \n`;
}

/** A project of so many patches on the miniature kernel. */
async function project(parent: string, count: number): Promise<string> {
  const directory = await mkdtemp(path.join(parent, 'project-'));
  await cp(path.join(root, 'tests/fixtures/fake-linux'), path.join(directory, 'linux'), { recursive: true });
  await mkdir(path.join(directory, 'patches'));
  const names = Array.from({ length: count }, (_, index) => `point-${index + 1}.patch`);
  await writeFile(path.join(directory, 'patches/series'), `${names.join('\n')}\n`);
  for (const [index, name] of names.entries()) {
    await writeFile(path.join(directory, 'patches', name), patchOf(index + 1));
  }
  await writeFile(path.join(directory, 'base.config'), 'CONFIG_PRINTK=y\n');
  const lines = [
    'version: 1',
    'defaults: {series: mine, tree: mini, targets: [x86_64]}',
    'trees: {mini: {base: "6.1", directory: linux, fragments: [base.config]}}',
    'series: {mine: {bases: {"6.1": {queue: patches}}}}',
  ];
  await writeFile(path.join(directory, 'quiltboot.yaml'), `${lines.join('\n')}\n`);
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await writeFile(path.join(directory, 'store.pem'), pem, { mode: 0o600 });
  return directory;
}

/** The program in a project, with a cache of its own, on the cores that are named or on all. */
function quiltboot(directory: string, cache: string, cores?: string): (...words: string[]) => ProcessPromise {
  const env = { ...process.env, QUILTBOOT_CACHE: path.join(directory, cache), QUILTBOOT_STORE_KEY: 'store.pem' };
  const pinned = cores === undefined ? [] : ['taskset', '-c', cores];
  return (...words) => $({ cwd: directory, env, quiet: true })`${pinned} node ${main} -q ${words}`;
}

async function planFigures(work: string): Promise<Figure[]> {
  const points = Array.from({ length: 100 }, (_, point) => point);
  const many = Array.from({ length: 10 }, (_, at) => `target${at}`);
  const pure = await seconds(() => {
    const cuts = cutChains(points, many, 40, costsOf([]).costs);
    machinesFor(cuts, 40);
    return Promise.resolve();
  });
  const directory = await project(work, 99);
  const run = quiltboot(directory, 'cache');
  const words = ['plan', '--target', 'x86_64,i386,s390x', '--machines', '40'];
  await run(...words);
  const whole = await seconds(() => run(...words));
  return [
    { name: 'cutting 100 points × 10 targets for 40 machines, s', value: pure, limit: 1 },
    { name: 'quiltboot plan, 100 points × 3 targets, s', value: whole, limit: 1, detail: 'with the tree in the cache' },
  ];
}

/** A web server that knows nothing of stores: files of a directory. */
async function fileServer(directory: string): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((request, response) => {
    const name = path.normalize(decodeURIComponent(request.url ?? '/'));
    const file = createReadStream(path.join(directory, name));
    file.on('error', () => response.writeHead(404).end());
    file.on('open', () => file.pipe(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

async function storeFigures(work: string): Promise<Figure[]> {
  const directory = await project(work, patches);
  const words = ['build', '--target', targets];
  const built = await seconds(() => quiltboot(directory, 'first')(...words, '--store', 'shared'));
  const { url, close } = await fileServer(path.join(directory, 'shared'));
  const taken = await seconds(() => quiltboot(directory, 'second')(...words, '--store', url));
  close();
  const detail = `${built.toFixed(1)} s built, ${taken.toFixed(1)} s taken`;
  return [
    {
      name: 'a walk from a store beside building it, times faster',
      value: built / taken,
      limit: 50,
      atLeast: true,
      detail,
    },
  ];
}

async function freshRedis(work: string): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const directory = await mkdtemp(path.join(work, 'redis-'));
  const socket = createServer().listen(0, '127.0.0.1');
  await sleep(50);
  const { port } = socket.address() as AddressInfo;
  socket.close();
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''];
  const server = $({ quiet: true, nothrow: true })`redis-server ${words}`;
  await sleep(1000);
  return {
    url: `redis://127.0.0.1:${port}`,
    close: async () => {
      await server.kill('SIGTERM');
      await server;
    },
  };
}

/** Seconds that a queued run takes with workers on these cores, one each. */
async function queued(work: string, cores: readonly string[]): Promise<number> {
  const directory = await project(work, patches);
  const redis = await freshRedis(work);
  const words = ['--queue', redis.url, '--store', 'shared'];
  const workers = cores.map((core) => quiltboot(directory, `worker-${core}`, core)('worker', ...words).nothrow());
  await sleep(5000);
  const took = await seconds(() => quiltboot(directory, 'boss')('build', '--target', targets, ...words));
  for (const worker of workers) await worker.kill('SIGTERM');
  await Promise.all(workers);
  await redis.close();
  return took;
}

async function workerFigures(work: string): Promise<Figure[]> {
  const [one, two] = [await queued(work, ['0']), await queued(work, ['0', '1'])];
  const detail = `${one.toFixed(1)} s with one, ${two.toFixed(1)} s with two`;
  return [{ name: 'two workers beside one, times faster', value: one / two, limit: 1.7, atLeast: true, detail }];
}

const parts = { plan: planFigures, store: storeFigures, workers: workerFigures };
const only = typeof argv['only'] === 'string' ? argv['only'].split(',') : Object.keys(parts);
const work = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-machines-'));
try {
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(parts)) if (only.includes(name)) figures.push(...(await measure(work)));
  printFigures(figures, { node: process.version });
} finally {
  await rm(work, { recursive: true, force: true });
}
