/**
 * What an import costs: CPU seconds (user and system, this process with what it starts) for an mbox of 500 messages, and
 * for the same among 30 MB of other mail.
 *
 * Usage: npx tsx scripts/bench/import.ts
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cachePaths } from '../../harness/index.ts';
import { importSeries } from '../../harness/pipeline/import/import.ts';

const patches = 400;
const replies = 99;
const noiseBytes = 30_000_000;

function mail(subject: string, id: string, to: string | undefined, body: string): string {
  const thread = to === undefined ? '' : `In-Reply-To: <${to}>\nReferences: <${to}>\n`;
  return `From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Ada Example <ada@example.org>\nDate: Mon, 2 Jul 2007 10:00:00 +0200\nSubject: ${subject}\nMessage-ID: <${id}>\n${thread}\n${body}\n`;
}

/** A patch of ten files with four hunks each. */
function diff(number: number): string {
  return Array.from({ length: 10 }, (_, file) => {
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

async function measure(what: string, box: string): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-bench-'));
  try {
    const file = path.join(directory, 'box');
    await writeFile(file, box);
    const context = {
      cache: cachePaths({ QUILTBOOT_CACHE: path.join(directory, 'cache') }),
      emit: () => undefined,
      signal: new AbortController().signal,
      jobs: 1,
      guests: 1,
      fresh: false,
    };
    const options = { cwd: directory, directory, force: false, strict: true, trailers: true, lore: '', patchwork: '' };
    const before = process.cpuUsage();
    const result = await importSeries({ ...options, sources: [file] }, context);
    const used = process.cpuUsage(before);
    if (result.patches.length !== patches || result.problems.length > 0) throw new Error('the import is not whole');
    const seconds = (used.user + used.system) / 1e6;
    console.log(
      `${what}: ${seconds.toFixed(2)} s of CPU (${(box.length / 1e6).toFixed(1)} MB, ${result.patches.length} patches)`,
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const mails = series();
await measure(`mbox of ${mails.length} messages`, mails.join(''));
await measure('the same among 30 MB of other mail', withNoise(mails));
