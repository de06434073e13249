/**
 * Makes a real kernel print the reports that the recogniser has to read, and records them with their reading.
 *
 *   npx tsx scripts/provoke.ts --kernel IMAGE --target x86_64 --name 6.1-x86_64 [--words warn,null-read] [--out DIR]
 *       [--tree PATH] [--cpus 2] [--memory 256] [--append "rcupdate.rcu_cpu_stall_timeout=3"] [--list]
 *
 * The kernel is one of the series `crash` (`quiltboot build crash --config crash`), which brings /proc/provoke. Each word
 * gets a guest of its own, restored from a snapshot; words of scripts/provoke/steps.ts go other ways. A recording is
 * provoked-NAME-WORD.log, byte by byte as it came, and provoked-NAME-WORD.json, what the recogniser reads in it today:
 * compare that with the log before it becomes the expected reading. `--tree` is a path of this machine that old kernels
 * print; it is replaced by another one of the same length, so that lines wrap where they did.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { argv, echo, sleep } from 'zx';
import { createLogReader } from '../harness/guest/log/index.ts';
import { findBootTarget, type Guest, GuestGone, makeImage } from '../harness/index.ts';
import { guestFactory, snapshotDirectory } from '../harness/pipeline/guest/factory.ts';
import { readingOf } from '../tests/support/log-reading.ts';
import { scriptContext } from './context.ts';
import { otherWays, prepare, silent } from './provoke/steps.ts';

/** Silence after which a report counts as whole, and the longest that a word may take, in milliseconds. */
const quietMs = 800;
const patienceMs = 40_000;

const given = (name: string): string => {
  const value: unknown = argv[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`--${name} is missing; see the head of scripts/provoke.ts`);
};
const optional = (name: string, usual: string): string => {
  const value: unknown = argv[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : usual;
};

const target = findBootTarget(given('target'));
const name = given('name');
const out = path.resolve(optional('out', path.join(import.meta.dirname, '..', 'tests', 'fixtures', 'logs')));
const tree = optional('tree', '');
const scratch = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-provoke-'));
const context = scriptContext();

/** A path of the same length that tells nothing. */
const neutral = (text: string): string => `/${'src/linux/'.repeat(20).slice(0, text.length - 2)}/`;

async function provoke(guest: Guest, word: string): Promise<void> {
  await prepare(guest);
  const other = otherWays[word];
  const task = await guest.fork();
  const done = other ? other(guest) : task.write('/proc/provoke', word);
  const state = { over: false };
  const finish = (error?: unknown): void => {
    state.over = true;
    if (error !== undefined && !(error instanceof GuestGone))
      echo(`  ${word}: ${error instanceof Error ? error.message : 'failed'}`);
  };
  done.then(() => {
    finish();
  }, finish);
  const started = Date.now();
  let heard = Date.now();
  let seen = -1;
  while (Date.now() - started < patienceMs) {
    await sleep(50);
    const now = guest.log().join('\n').length;
    if (now !== seen) heard = Date.now();
    seen = now;
    // A word that does not come back may have more to say, once a watchdog looks.
    if (Date.now() - heard > (state.over ? quietMs : 20_000)) return;
  }
}

const { initramfs } = await makeImage({ target }, context);
const factory = await guestFactory(
  {
    target,
    kernel: { image: path.resolve(given('kernel')) },
    initramfs,
    cpus: Number(optional('cpus', '2')),
    memoryMiB: Number(optional('memory', '256')),
    commandLine: optional('append', '').split(' ').filter(Boolean),
    logFile: path.join(scratch, 'boot.log'),
    snapshots: snapshotDirectory(context.cache),
    deadlines: { bootMs: 300_000, callMs: 120_000 },
  },
  context,
);
try {
  const first = await factory.acquire();
  const known = (await first.read('/proc/provoke')).trim().split('\n');
  await first.close();
  const all = [...known.filter((word) => !silent.has(word)), ...Object.keys(otherWays)];
  const words = optional('words', all.join(',')).split(',');
  if (argv['list']) echo(words.join(' '));
  await mkdir(out, { recursive: true });
  for (const word of argv['list'] ? [] : words) {
    const logFile = path.join(scratch, `${word}.log`);
    const guest = await factory.acquire({ logFile });
    await provoke(guest, word).finally(() => guest.close());
    const raw = (await readFile(logFile)).toString('latin1');
    const log = Buffer.from(tree === '' ? raw : raw.replaceAll(tree, neutral(tree)), 'latin1');
    const options = { wrapsLog: target.wrapsLog };
    const reader = createLogReader(options);
    reader.push(log);
    reader.end();
    const splats = reader.splats();
    const file = path.join(out, `provoked-${name}-${word}`);
    echo(`${word}: ${splats.map(({ title }) => title).join(' | ') || `(no report, ${log.length} bytes)`}`);
    await writeFile(`${file}.log`, log);
    await writeFile(`${file}.json`, `${JSON.stringify({ options, splats: splats.map(readingOf) }, null, 2)}\n`);
  }
} finally {
  await factory.close();
  await rm(scratch, { recursive: true, force: true });
}
