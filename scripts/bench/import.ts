/**
 * What an import costs by the real program: CPU seconds (user and system, git's among them) and the largest resident size
 * of a process, for 5,000 patches as a quilt queue and as an mbox, for an mbox of 500 messages, and for the same among 30 MB
 * of other mail; with a repository also for a range of its commits, beside git alone, and for threads that are made of its
 * commits, beside b4 where that is installed.
 *
 * Usage: npm run build && npx tsx scripts/bench/import.ts [--repository PATH --range A..B [--only threads]]
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { $, argv } from 'zx';

const root = path.resolve(import.meta.dirname, '..', '..');
const program = ['node', path.join(root, 'dist', 'main.js')];

const patches = 400;
/** A release of the kernel has twice as many. */
const many = 5000;
const replies = 99;
const noiseBytes = 30_000_000;

function mail(subject: string, id: string, to: string | undefined, body: string): string {
  const thread = to === undefined ? '' : `In-Reply-To: <${to}>\nReferences: <${to}>\n`;
  return `From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Ada Example <ada@example.org>\nDate: Mon, 2 Jul 2007 10:00:00 +0200\nSubject: ${subject}\nMessage-ID: <${id}>\n${thread}\n${body}\n`;
}

/** A patch of ten files, or of as many as told, with four hunks each. */
function diff(number: number, files = 10): string {
  return Array.from({ length: files }, (_, file) => {
    const name = `drivers/demo/part${number}-${file}.c`;
    const hunks = Array.from({ length: 4 }, (_unused, hunk) => {
      const line = 100 * hunk + 10;
      const context = [1, 2, 3].map((far) => ` \tcall_${far}(device, ${number});\n`).join('');
      return `@@ -${line},7 +${line + hunk},8 @@ static int demo_${hunk}(void)\n${context}-\told(${hunk});\n+\tnew(${hunk});\n+\tmore(${hunk});\n${context}`;
    });
    return `diff --git a/${name} b/${name}\nindex 0123456..89abcde 100644\n--- a/${name}\n+++ b/${name}\n${hunks.join('')}`;
  }).join('');
}

function series(): string[] {
  const count = String(patches);
  const mails = [mail(`[PATCH 0/${count}] A long series`, 'cover@x', undefined, 'About it.\n')];
  for (let number = 1; number <= patches; number++) {
    const body = `Why it is needed, number ${number}.\n\nSigned-off-by: Ada Example <ada@example.org>\n---\n 10 files changed\n\n${diff(number)}-- \n2.39.5\n`;
    mails.push(mail(`[PATCH ${number}/${count}] demo: change number ${number}`, `p${number}@x`, 'cover@x', body));
  }
  for (let number = 1; number <= replies; number++) {
    const body = `> Why it is needed, number ${number}.\n\nReviewed-by: Ada Example <ada@example.org>\n`;
    mails.push(mail(`Re: [PATCH ${number}/${count}] demo`, `r${number}@x`, `p${number}@x`, body));
  }
  return mails;
}

function withNoise(mails: readonly string[]): string {
  const words =
    'Words about nothing in particular, which nobody reads to their end, in lines of a usual length.\n'.repeat(60);
  const out: string[] = [];
  let size = 0;
  for (let number = 0; size < noiseBytes; number++) {
    const one = mail(`thread ${number}`, `n${number}@x`, undefined, words);
    size += one.length;
    out.push(one, ...mails.slice(number, number + 1));
  }
  return out.join('');
}

function longSeries(): string[] {
  return Array.from({ length: many }, (_, at) => {
    const body = `Why it is needed.\n\nSigned-off-by: Ada Example <ada@example.org>\n---\n${diff(at + 1, 3)}-- \n2.39.5\n`;
    return mail(`[PATCH ${at + 1}/${many}] demo: change number ${at + 1}`, `p${at + 1}@x`, 'p1@x', body);
  });
}

interface Price {
  /** CPU, user and system. */
  readonly seconds: number;
  /** Of the largest process, MiB. */
  readonly resident: number;
}

/** Runs a command in a directory; what it costs with all that it starts. It ends with `most` at most. */
async function price(directory: string, words: readonly string[], input = '', most = 0): Promise<Price> {
  const figures = path.join(directory, 'time');
  const env = { ...process.env, QUILTBOOT_CACHE: path.join(directory, 'cache') };
  const run = $({ cwd: directory, env, input, nothrow: true, quiet: true, maxBuffer: 2 ** 30 } as object);
  const { exitCode, stderr } = await run`/usr/bin/time -f ${'%U %S %M'} -o ${figures} ${words} > out.txt`;
  if (exitCode === null || exitCode > most)
    throw new Error(`${words.slice(0, 6).join(' ')} ended with ${exitCode ?? '?'}\n${stderr}`);
  const [user = 0, system = 0, kib = 0] = (await readFile(figures, 'utf8')).trim().split(/[ \n]/).slice(-3).map(Number);
  return { seconds: user + system, resident: kib / 1024 };
}

function print(what: string, { seconds, resident }: Price): void {
  console.log(`${what}: ${seconds.toFixed(2)} s of CPU, at most ${resident.toFixed(0)} MiB`);
}

async function inScratch<T>(action: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-bench-'));
  return action(directory).finally(() => rm(directory, { recursive: true, force: true }));
}

const importOf = (source: string): readonly string[] => [
  ...program,
  'import',
  source,
  '--name',
  'bench',
  '--base',
  '6.1',
];

async function measure(what: string, write: (directory: string) => Promise<string>, most = 0): Promise<void> {
  await inScratch(async (directory) => print(what, await price(directory, importOf(await write(directory)), '', most)));
}

const asBox =
  (mails: () => readonly string[] | string) =>
  async (directory: string): Promise<string> => {
    const file = path.join(directory, 'box');
    const text = mails();
    await writeFile(file, typeof text === 'string' ? text : text.join(''));
    return file;
  };

async function asQueue(directory: string): Promise<string> {
  const queue = path.join(directory, 'queue');
  await mkdir(queue);
  const names: string[] = [];
  for (const [at, text] of longSeries().entries()) {
    names.push(`${at + 1}.patch`);
    await writeFile(path.join(queue, `${at + 1}.patch`), text.replace(/^From .*\n/, ''));
  }
  await writeFile(path.join(queue, 'series'), `${names.join('\n')}\n`);
  return queue;
}

/** Merges of a range may resolve conflicts, which is status 1. What git alone needs to show the commits is the least that any import of them costs. */
async function measureRange(repository: string, range: string): Promise<void> {
  const git = $({ cwd: repository, quiet: true });
  const ids = (await git`git rev-list --no-merges ${range}`).stdout;
  const count = ids.trim().split('\n').length;
  await measure(`${count} commits of a range`, () => Promise.resolve(`git:${repository}#${range}`), 1);
  const log = ['git', '-C', repository, 'log', '--no-walk=unsorted', '--stdin', '-p', '--binary', '--full-index'];
  await inScratch(async (directory) => print('  git alone', await price(directory, log, ids)));
}

/** How many threads of how many patches. */
const threadForms = [
  [5, 10],
  [1, 200],
] as const;

/** Threads as `git send-email` would send commits: no list is at hand, so they are made of real ones. */
async function measureThreads(repository: string, range: string, threads: number, threadLength: number): Promise<void> {
  const git = $({ cwd: repository, quiet: true });
  // b4 0.12 ends with an exception at a subject that does not fit into one line.
  const ids = (await git`git log --no-merges ${'--format=%H %s'} ${range}`).stdout
    .split('\n')
    .filter((line) => line !== '' && line.length < 41 + 50)
    .map((line) => line.slice(0, 40));
  const b4 = (await $({ nothrow: true, quiet: true })`b4 --version`).exitCode === 0;
  const sums = { own: 0, b4: 0 };
  await inScratch(async (directory) => {
    for (let number = 0; number < threads; number++) {
      const box = path.join(directory, `thread-${number}`);
      const picked = ids.slice(number * threadLength, (number + 1) * threadLength);
      let text = '';
      for (const [at, id] of picked.entries()) {
        const mail = (await git`git format-patch --stdout --no-numbered -1 ${id}`).stdout;
        const thread =
          at === 0 ? '' : `In-Reply-To: <t${number}-1@example.org>\nReferences: <t${number}-1@example.org>\n`;
        text += mail
          .replace('[PATCH]', `[PATCH ${at + 1}/${picked.length}]`)
          .replace(/^Subject: /m, `Message-Id: <t${number}-${at + 1}@example.org>\n${thread}Subject: `);
      }
      await writeFile(box, text);
      sums.own += (await price(directory, [...importOf(box), '--force'])).seconds;
      if (!b4) continue;
      const words = ['b4', '--no-interactive', '--offline-mode', '--no-stdin', 'am', '-m', box];
      sums.b4 += (await price(directory, [...words, '-o', directory, `t${number}-1@example.org`])).seconds;
    }
  });
  const each = (sum: number): string => `${(sum / threads).toFixed(2)} s`;
  console.log(`a thread of ${threadLength} patches, made of commits: ${each(sums.own)} of CPU`);
  console.log(b4 ? `  b4 am: ${each(sums.b4)}; ratio ${(sums.own / sums.b4).toFixed(2)}` : '  b4 is not installed');
}

const [repository, range] = [argv['repository'] as unknown, argv['range'] as unknown];
if (argv['only'] !== 'threads') {
  await measure(`${many} patches in a quilt queue`, asQueue);
  await measure(`${many} patches in an mbox`, asBox(longSeries));
  await measure(`mbox of ${series().length} messages`, asBox(series));
  await measure(
    'the same among 30 MB of other mail',
    asBox(() => withNoise(series())),
  );
}
if (typeof repository === 'string' && typeof range === 'string') {
  const place = path.resolve(repository);
  if (argv['only'] !== 'threads') await measureRange(place, range);
  for (const [threads, length] of threadForms) await measureThreads(place, range, threads, length);
}
