import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { Run } from '../../harness/model/index.ts';
import { imageIndex } from '../../harness/pipeline/guest/image.ts';
import { findBootTarget } from '../../harness/targets/index.ts';
import { countingQemu } from './fake-qemu.ts';
import { mustReproduce } from './reproduce.ts';

/** Runs the real program as a user does, in a directory of its own with a cache of its own. */

export const root = path.resolve(import.meta.dirname, '..', '..');
const fakeTree = path.join(root, 'tests', 'fixtures', 'fake-linux');

interface Ended {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly pid: number | undefined;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

export interface Place {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Starts the program without waiting for it. */
  start(...words: string[]): Started;
  run(...words: string[]): Promise<Ended>;
  write(file: string, text: string): Promise<void>;
}

const fromSources = ['--import', fileURLToPath(import.meta.resolve('tsx'))] as const;

/**
 * The words that start the program: what `npm test` has compiled, which starts twice as fast, else its sources.
 */
export const program: readonly [string, ...string[]] =
  process.env['QUILTBOOT_TEST_COMPILED'] === '1'
    ? ['node', path.join(root, 'dist', 'main.js')]
    : ['node', ...fromSources, path.join(root, 'harness', 'main.ts')];

/**
 * Whether every failure of a run is seen again by the command that the run names; on the miniature kernel only, since these
 * commands build from nothing.
 */
const repeats = process.env['QUILTBOOT_TEST_REPRODUCE'] === '1';

/**
 * Whether a command leaves a run whose failures can be seen again; one that names its own place for runs is left alone, and
 * after `--fix` the patch is another.
 */
const isRun = (words: readonly string[]): boolean =>
  /^(?:run|apply|configure|build|boot|test)$/.test(words[0] ?? '') &&
  !words.some((word) => word === '--out' || word.startsWith('--fix'));

/** A place for commands in a directory that is there; `env` is added to the environment. */
export function placeIn(directory: string, env: Readonly<Record<string, string>>): Place {
  const start = (...words: string[]): Started => {
    const child = execa(program[0], [...program.slice(1), ...words], {
      cwd: directory,
      env,
      reject: false,
      stdin: 'ignore',
    });
    return {
      pid: child.pid,
      kill: (signal) => void child.kill(signal),
      ended: child.then(({ exitCode, stdout, stderr }) => ({ code: exitCode, out: stdout, err: stderr })),
    };
  };
  return {
    directory,
    env,
    start,
    async run(...words) {
      const ended = await start(...words).ended;
      const isSmall = env['QUILTBOOT_CACHE'] !== undefined;
      if (repeats && isSmall && isRun(words) && ended.code === 1) await mustReproduce({ directory, env, program });
      return ended;
    },
    async write(file, text) {
      await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
      await writeFile(path.join(directory, file), text);
    },
  };
}

/** An empty directory that is gone when the test ends. */
export async function emptyPlace(t: ExecutionContext): Promise<Place> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-e2e-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return placeIn(directory, { QUILTBOOT_CACHE: path.join(directory, 'cache'), NO_COLOR: '1' });
}

/** Lets a place boot with the QEMU of the fixtures as long as the test runs; resolves with the directory of its state. */
export async function withFakeQemu(
  t: ExecutionContext,
  place: Place,
): Promise<{ readonly place: Place; readonly state: string }> {
  const bin = path.join(place.directory, 'bin');
  const state = path.join(place.directory, 'qemu-state');
  await mkdir(state, { recursive: true });
  await mkdir(bin, { recursive: true });
  const { program: qemu, close } = await countingQemu(path.join(place.directory, 'fake-qemu'), state);
  t.teardown(close);
  await symlink(qemu, path.join(bin, 'qemu-system-x86_64'));
  // The image would want packages; the fake guest has no use for it.
  const images = path.join(place.directory, 'cache', 'images');
  await mkdir(images, { recursive: true });
  const index = await imageIndex({ target: findBootTarget('x86_64') }, images);
  await writeFile(path.join(images, 'none.cpio.gz'), '');
  await writeFile(index, JSON.stringify({ file: 'none.cpio.gz', hash: createHash('sha256').digest('hex') }));
  const env = { ...place.env, PATH: `${bin}:${place.env['PATH'] ?? process.env['PATH'] ?? ''}` };
  return { place: placeIn(place.directory, env), state };
}

/** The newest run of a project. */
export async function latestRun({ directory }: Pick<Place, 'directory'>): Promise<Run> {
  return JSON.parse(await readFile(path.join(directory, '.quiltboot/runs/latest/run.json'), 'utf8')) as Run;
}

/** A mail-formatted patch around a diff. */
export function mail(subject: string, diff: string): string {
  return [
    'From: A Hacker <hacker@example.org>',
    'Date: Mon, 2 Jul 2007 10:00:00 +0200',
    `Subject: [PATCH] ${subject}`,
    '',
    'Why it is needed.',
    '',
    'Signed-off-by: A Hacker <hacker@example.org>',
    '---',
    diff,
  ].join('\n');
}

/** The diff that replaces one line of a file, with the lines around it. */
export function changeLine(
  file: string,
  before: string,
  line: string,
  now: readonly string[],
  after: string,
  at: number,
): string {
  return [
    `diff --git a/${file} b/${file}`,
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -${at},3 +${at},${now.length + 2} @@`,
    ` ${before}`,
    `-${line}`,
    ...now.map((one) => `+${one}`),
    ` ${after}`,
    '',
  ].join('\n');
}

/** Changes what the miniature kernel's scheduler says, which is a line of C in the middle of kernel/sched.c. */
export function changeSched(from: string, ...to: readonly string[]): string {
  return changeLine('kernel/sched.c', '', from, to, '', 3);
}

/** Replaces the last line of a C file of the miniature kernel. */
export function addCfile(file: string, line: string, ...to: readonly string[]): string {
  return [
    `diff --git a/${file} b/${file}`,
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -3,2 +3,${to.length + 1} @@`,
    ' /* The last object that is linked: what stands here happens at the end. */',
    `-${line}`,
    ...to.map((one) => `+${one}`),
    '',
  ].join('\n');
}

export const schedLine = 'say("log sched: ready");';

/** A project on the miniature kernel tree of the fixtures, with a series of the given patches. */
export async function fakeProject(t: ExecutionContext, patches: Readonly<Record<string, string>>): Promise<Place> {
  const place = await emptyPlace(t);
  await cp(fakeTree, path.join(place.directory, 'linux'), { recursive: true });
  await place.write(
    'quiltboot.yaml',
    [
      'version: 1',
      'defaults: {series: mine, tree: mini, targets: [x86_64]}',
      'trees:',
      '  mini: {base: "6.1", directory: linux, fragments: [base.config]}',
      'series:',
      '  mine:',
      '    bases:',
      '      "6.1": {queue: patches}',
      '',
    ].join('\n'),
  );
  await place.write('base.config', 'CONFIG_PRINTK=y\n');
  await place.write('patches/series', `${Object.keys(patches).join('\n')}\n`);
  for (const [name, text] of Object.entries(patches)) await place.write(`patches/${name}`, text);
  return place;
}
