import { assemble, patchFileName, readSource } from '../../../harness/import/index.ts';
import { type HostileCase, said } from './case.ts';

const head =
  'From ada@example.org Mon Jul  2 10:00:00 2007\nFrom: Ada <ada@example.org>\nDate: Mon, 2 Jul 2007 10:00:00 +0200\n';
const diff = '---\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n';

function nested(levels: number): string {
  const open = Array.from(
    { length: levels },
    (_, at) => `--b${at}\nContent-Type: multipart/mixed; boundary=b${at + 1}\n\n`,
  );
  return `${head}Subject: [PATCH] x\nContent-Type: multipart/mixed; boundary=b0\n\n${open.join('')}`;
}

const mails: readonly (readonly [string, () => string, RegExp])[] = [
  ['5,000 levels of parts', () => nested(5000), /patches|problems|no /],
  ['a line of 5 MB', () => `${head}Subject: [PATCH] ${'x'.repeat(5_000_000)}\n\n${diff}`, /patch/],
  ['50,000 headers', () => `${head}${'X-A: b\n'.repeat(50_000)}Subject: [PATCH] x\n\n${diff}`, /patch/],
  ['200,000 brackets', () => `${head}Subject: ${'['.repeat(200_000)}PATCH] x\n\n${diff}`, /patch/],
  [
    'a subject that is a path',
    () => `${head}Subject: [PATCH] ../../../etc/passwd\n\n${diff}`,
    /"0*1?-?[\w.-]+\.patch"|patch/,
  ],
  [
    'a subject of control characters',
    () => `${head}Subject: [PATCH] =?utf-8?q?=1B]0=3Bx=07_=E2=80=AE?=\n\n${diff}`,
    /patch/,
  ],
  ['part 999999999 of a series', () => `${head}Subject: [PATCH 1/999999999] x\n\n${diff}`, /missing|patch/],
  [
    'a base64 body without an end',
    () => `${head}Subject: [PATCH] x\nContent-Transfer-Encoding: base64\n\n${'A'.repeat(3_000_001)}`,
    /patch|no /,
  ],
  ['NUL bytes', () => `${head}Subject: [PATCH] x\u0000y\n\n${diff}\u0000\u0000`, /patch/],
];

export const mailCases: readonly HostileCase[] = mails.map(([tries, text, contained]) => ({
  kind: 'mail',
  tries,
  contained,
  run: () =>
    said(() => {
      const found = assemble(readSource('box', text()));
      const names = found.patches.map((patch) => patchFileName(patch.subject.title, new Set()));
      for (const name of names) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
        if (/[/\u0000-\u001f]|^\./.test(name) || name.length > 255)
          throw new Error(`a bad name: ${name.slice(0, 100)}`);
      }
      return { patches: names, problems: found.problems.slice(0, 3), missing: found.missing.length };
    }),
}));
