import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { patchText, readSource, recover, toBuffer } from '../../../../harness/import/index.ts';
import { bytes, demoDiff } from '../fixture.ts';

/** What git makes of a mail: git decides what a queue's patches are, so this reader must agree with it. */
async function mailinfo(text: string): Promise<{ head: string; message: string; diff: string }> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-mailinfo-'));
  try {
    const file = path.join(directory, 'mail');
    await writeFile(file, text, 'latin1');
    const { stdout } = await execa('git', ['mailinfo', 'message', 'patch'], { cwd: directory, inputFile: file });
    const read = (name: string): Promise<string> => readFile(path.join(directory, name), 'latin1');
    return {
      head: stdout,
      message: Buffer.from(await read('message'), 'latin1').toString('utf8'),
      diff: await read('patch'),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64').replace(/.{76}/g, '$&\n');
const body = `Wörds about "it".\n\nSigned-off-by: Jürgen Groß <j@example.org>\n---\n x | 1 +\n\n${demoDiff}`;
const head = (more: string): string =>
  `From: =?utf-8?q?J=C3=BCrgen_Gro=C3=9F?= <j@example.org>\nDate: Mon, 2 Jul 2007 10:00:00 +0200\nSubject: [PATCH v2 03/10] demo: a limit, a rather long title that goes on\n in the next line\n${more}\n`;

const mails: Readonly<Record<string, string>> = {
  'plain UTF-8': bytes(`${head('Content-Type: text/plain; charset=UTF-8\n')}${body}`),
  'latin-1': `${head('Content-Type: text/plain; charset=ISO-8859-1\n')}${body}`,
  'quoted-printable': `${head('Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n')}${bytes(body).replace(/[=\u0080-\u00ff]/g, (char) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)}`,
  base64: `${head('Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: base64\n')}${base64(bytes(body))}\n`,
  multipart: `${head('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=-b"\n')}--=-b\nContent-Type: text/plain; charset=UTF-8\n\n${bytes(body)}\n--=-b--\n`,
  'with an author of its own': bytes(
    `${head('Content-Type: text/plain; charset=UTF-8\n')}From: "Example, Ada" <ada@example.org>\nSubject: [PATCH] another title\n\n${body}`,
  ),
};

for (const [what, mail] of Object.entries(mails)) {
  test(`git reads the same out of a mail and out of the patch made of it: ${what}`, async (t) => {
    const [message] = readSource('mail', mail);
    if (message === undefined) return t.fail();
    const patch = await recover(message);
    const [given, written] = await Promise.all([
      mailinfo(mail),
      mailinfo(toBuffer(patchText(patch, [], [])).toString('latin1')),
    ]);
    t.is(written.head.trim(), given.head.trim());
    t.is(written.message.trim(), given.message.trim());
    t.is(written.message.trim(), message.text);
    t.true(given.diff.includes(patch.diff), given.diff);
    t.true(written.diff.endsWith(patch.diff));
  });
}

test('what a description holds of a diff is no diff for git in the patch that is written', async (t) => {
  const text = `It prints:\n\n--- good.out\n+++ bad.out\n@@ -1 +1 @@\n-1\n+2\n\nFix it.\n---\n x | 1 +\n\n${demoDiff}`;
  const [message] = readSource('mail', `${head('')}${text}`);
  if (message === undefined) return t.fail();
  const patch = await recover(message);
  t.is(patch.diff, demoDiff);
  const written = await mailinfo(toBuffer(patchText(patch, [], [])).toString('latin1'));
  t.true(written.message.includes('Fix it.'));
  t.false(written.diff.includes('bad.out'));
});
