import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { type MailMessage, readSource, recover } from '../../../harness/import/index.ts';

/**
 * Real mail: QUILTBOOT_MAIL names a mailbox, or a directory of mails such as a maildir's `cur`; QUILTBOOT_MAIL_COUNT how many
 * of its mails are read (500). git is asked for each of them, and each in which it finds a patch must be read as it reads
 * it, in the same order.
 *
 *   QUILTBOOT_MAIL=PATH npx ava tests/pipeline/import/real-mail.test.ts
 */
const source = process.env['QUILTBOOT_MAIL'];
const most = Number(process.env['QUILTBOOT_MAIL_COUNT'] ?? 500);

/** The files of mails, one each, in their order. */
async function mailsOf(place: string, scratch: string): Promise<string[]> {
  if (!(await stat(place)).isDirectory()) {
    await execa('git', ['mailsplit', '-b', `-o${scratch}`, place], { cwd: scratch });
    return (await readdir(scratch)).sort().map((name) => path.join(scratch, name));
  }
  return (await readdir(place)).sort().map((name) => path.join(place, name));
}

interface GitReads {
  readonly subject: string;
  /** What `git apply --numstat` says of the diff. */
  readonly numbers: string;
}

/** What git makes of a mail; undefined where it finds no patch that it can read. */
async function byGit(file: string, scratch: string): Promise<GitReads | undefined> {
  const options = { cwd: scratch, reject: false, inputFile: file } as const;
  const info = await execa('git', ['mailinfo', '--scissors', 'message', 'patch'], options);
  if (info.exitCode !== 0) return undefined;
  const numbers = await numbersOf(await readFile(path.join(scratch, 'patch')), scratch);
  const subject = /^Subject: (.*)$/m.exec(info.stdout)?.[1] ?? '';
  return numbers === undefined ? undefined : { subject, numbers };
}

async function numbersOf(diff: Uint8Array, scratch: string): Promise<string | undefined> {
  const found = await execa('git', ['apply', '--numstat', '-'], { cwd: scratch, reject: false, input: diff });
  return found.exitCode === 0 && found.stdout !== '' ? found.stdout : undefined;
}

async function withScratch<T>(action: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-mail-'));
  return action(scratch).finally(() => rm(scratch, { recursive: true, force: true }));
}

/** The numbers of the patches of a mail; a problem that is told counts as an answer of its own. */
async function byUs(messages: readonly MailMessage[], scratch: string): Promise<{ numbers: string[]; told: number }> {
  const numbers: string[] = [];
  let told = 0;
  for (const message of messages.filter(({ diff }) => diff.length > 0)) {
    const patch = await recover(message);
    told += patch.problems.length + message.findings.problems.length;
    const found = await numbersOf(Buffer.from(patch.diff, 'latin1'), scratch);
    if (found !== undefined) numbers.push(found);
  }
  return { numbers, told };
}

const title = 'each mail in which git finds a patch is read as git reads it, and in the same order';
if (source === undefined) test.skip(`${title} (skipped: QUILTBOOT_MAIL names no mailbox)`, () => undefined);
else
  test(title, async (t) => {
    t.timeout(3_600_000);
    await withScratch(async (scratch) => {
      const all = (await mailsOf(path.resolve(source), await mkdtemp(path.join(scratch, 'mails-')))).slice(0, most);
      const counts = { patches: 0, same: 0, told: 0, other: 0 };
      const order: string[] = [];
      for (const file of all) {
        const text = await readFile(file, 'latin1');
        const messages = readSource(file, text);
        const git = await byGit(file, scratch);
        if (git === undefined) continue;
        counts.patches++;
        order.push(git.subject);
        const { numbers, told } = await byUs(messages, scratch);
        if (numbers.join('') === git.numbers || numbers.join('\n') === git.numbers) counts.same++;
        else if (told > 0) counts.told++;
        else {
          counts.other++;
          t.log(`${file}: git reads\n${git.numbers}\nand this is read\n${numbers.join('\n')}`);
        }
      }
      t.log(`${all.length} mails, ${JSON.stringify(counts)}`);
      t.true(counts.patches > 0, 'git finds no patch in it');
      t.is(counts.other, 0);
      const box = await Promise.all(all.map((file) => readFile(file, 'latin1')));
      const separator = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n';
      const escaped = box.map(
        (mail) => `${separator}${mail.replace(/^From [^\n]*\n/, '').replace(/^(>*From )/gm, '>$1')}\n`,
      );
      const read = readSource('box', escaped.join('')).filter(({ diff }) => diff.length > 0);
      const titles = new Set(read.map(({ subject }) => subject.title));
      const mine = read.map(({ subject }) => subject.title).filter((one) => order.includes(one));
      t.deepEqual(
        mine,
        order.filter((one) => titles.has(one)),
      );
    });
  });
