import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { createTwoFilesPatch } from 'diff';
import { execa } from 'execa';
import fc from 'fast-check';
import { base64, mail, onlyPatch, patchBody, separator } from '../mails.ts';

/** Lines as they come in code, with those that look like something else. */
const line = fc.constantFrom(
  '',
  ' ',
  '\tint a;',
  '\treturn;',
  '}',
  '- item',
  '-- ',
  '--',
  '---',
  '--- a/old',
  '+++ b/new',
  '+',
  'From me',
  '>From you',
  'diff --git a/x b/x',
  '@@ -1 +1 @@',
  'Index: x',
  '=20 a=3D=',
  '\\ No newline',
  '8<---',
);

const file = fc.array(line, { minLength: 1, maxLength: 25 });

/** A diff between two files with much in common. */
const diffs = fc
  .tuple(
    file,
    fc.array(fc.tuple(fc.nat(30), fc.nat(3), fc.array(line, { maxLength: 3 })), { minLength: 1, maxLength: 4 }),
  )
  .map(([old, edits]) => {
    const next = [...old];
    for (const [at, gone, fresh] of edits) next.splice(Math.min(at, next.length), gone, ...fresh);
    const text = (lines: readonly string[]): string => lines.map((one) => `${one}\n`).join('');
    return createTwoFilesPatch('a/k/x.c', 'b/k/x.c', text(old), text(next), '', '', { context: 3 })
      .replace(/^=+\n/, '')
      .replace(/^(--- a\/k\/x\.c|\+\+\+ b\/k\/x\.c)\t$/gm, '$1');
  })
  .filter((diff) => diff.includes('@@'));

/** What follows a diff: text that is none of it. */
const tailLine = fc.constantFrom(
  '',
  '--',
  '-',
  '---',
  '-- ',
  'Best regards,',
  '-ann',
  '- one more thing',
  'base-commit: 0123456789abcdef0123456789abcdef01234567',
  'To unsubscribe from this list: send a mail',
  'v2: other words',
  '____________',
  '2.39.5',
);
const tails = fc.array(tailLine, { maxLength: 8 }).map((lines) => lines.map((one) => `${one}\n`).join(''));

const quotedPrintable = (text: string): string =>
  text
    .replace(/[=\u0080-\u00ff]/g, (char) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replace(/[ \t]$/gm, (char) => (char === ' ' ? '=20' : '=09'))
    .replace(/^(.{60})(?=[^\n]{5})/gm, '$1=\n');

const encodings: Readonly<Record<string, (text: string) => string>> = {
  '8bit': (text) => text,
  base64,
  'quoted-printable': quotedPrintable,
};

function mailOf(diff: string, tail: string, encoding: string): string {
  const body = patchBody(diff, { tail });
  const head = `MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: ${encoding}\n`;
  return mail({ head, body: encodings[encoding]?.(body) ?? body });
}

test('any diff that is mailed with any text after it comes out as it was', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      diffs,
      tails,
      fc.constantFrom(...Object.keys(encodings)),
      fc.boolean(),
      async (diff, tail, encoding, boxed) => {
        const text = mailOf(diff, tail, encoding);
        const patch = await onlyPatch(
          boxed ? `${separator}${text.replace(/^(>*From )/gm, (line, _, at) => (at === 0 ? line : `>${line}`))}` : text,
        );
        return patch.whole && patch.diff === diff && patch.problems.length === 0;
      },
    ),
    { numRuns: 400 },
  );
  t.pass();
});

test('git applies to the same effect what was mailed and what was read', async (t) => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-tails-'));
  try {
    const samples = fc.sample(fc.tuple(diffs, tails, fc.constantFrom(...Object.keys(encodings))), {
      numRuns: 25,
      seed: 20240101,
    });
    for (const [diff, tail, encoding] of samples) {
      const text = mailOf(diff, tail, encoding);
      await writeFile(path.join(directory, 'mail'), text, 'latin1');
      await execa('git', ['mailinfo', 'message', 'patch'], { cwd: directory, inputFile: path.join(directory, 'mail') });
      const patch = await onlyPatch(text);
      await writeFile(path.join(directory, 'mine'), patch.diff, 'latin1');
      const numbers = async (name: string): Promise<string> =>
        (await execa('git', ['apply', '--numstat', name], { cwd: directory })).stdout;
      t.is(await numbers('mine'), await numbers('patch'), text);
      t.true((await readFile(path.join(directory, 'patch'), 'latin1')).includes(patch.diff.trimEnd()), text);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
