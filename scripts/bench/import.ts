/**
 * What an import costs: CPU seconds (user and system, this process) and the largest resident size so far, for 5,000
 * patches as a quilt queue and as an mbox, for an mbox of 500 messages, and for the same among 30 MB of other mail.
 *
 * Usage: npx tsx scripts/bench/import.ts
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cachePaths } from '../../harness/index.ts';
import { importSeries } from '../../harness/pipeline/import/import.ts';

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

async function measure(what: string, count: number, write: (directory: string) => Promise<string>): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-bench-'));
  try {
    const source = await write(directory);
    const context = {
      cache: cachePaths({ QUILTBOOT_CACHE: path.join(directory, 'cache') }),
      emit: () => undefined,
      signal: new AbortController().signal,
      jobs: 1,
      guests: 1,
      fresh: false,
    };
    const options = { cwd: directory, directory, force: false, strict: false, trailers: true, lore: '', patchwork: '' };
    const before = process.cpuUsage();
    const result = await importSeries({ ...options, name: 'bench', sources: [source] }, context);
    const used = process.cpuUsage(before);
    if (result.patches.length !== count || result.problems.length > 0) throw new Error('the import is not whole');
    const seconds = (used.user + used.system) / 1e6;
    const resident = process.resourceUsage().maxRSS / 1024;
    console.log(`${what}: ${seconds.toFixed(2)} s of CPU, at most ${resident.toFixed(0)} MiB (${count} patches)`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
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

await measure(`${many} patches in a quilt queue`, many, asQueue);
await measure(`${many} patches in an mbox`, many, asBox(longSeries));
await measure(`mbox of ${series().length} messages`, patches, asBox(series));
await measure(
  'the same among 30 MB of other mail',
  patches,
  asBox(() => withNoise(series())),
);
