import test from 'ava';
import { addedLines, insertAfter, replaceSection } from '../../../harness/series/amend.ts';

const section = (file: string, ...lines: readonly string[]): string =>
  [`diff --git a/${file} b/${file}`, `--- a/${file}`, `+++ b/${file}`, ...lines].join('\n');

const first = section('kernel/a.c', '@@ -1,2 +1,3 @@', ' one', '+two', ' three');
const second = section('kernel/b.c', '@@ -5 +5 @@', '-old', '+new');
const head = `Subject: [PATCH] a

Text.
---
 kernel/a.c | 1 +
 kernel/b.c | 2 +-
 2 files changed, 2 insertions(+), 1 deletion(-)

`;
const patch = `${head}${first}\n${second}\n-- \n2.39.2\n`;

test('one part of a patch is replaced, the rest stays byte for byte, and the diffstat follows', (t) => {
  const now = section('kernel/a.c', '@@ -1,2 +1,4 @@', '+#include <x.h>', ' one', '+two', ' three');
  t.is(
    replaceSection(patch, 'kernel/a.c', `${now}\n`),
    `${head.replace('a.c | 1 +', 'a.c | 2 ++').replace('2 insertions', '3 insertions')}${now}\n${second}\n-- \n2.39.2\n`,
  );
});

test('the last part ends where the signature of the mail begins', (t) => {
  const now = section('kernel/b.c', '@@ -5 +5,2 @@', '-old', '+new', '+more');
  t.true(replaceSection(patch, 'kernel/b.c', now)?.endsWith(`${first}\n${now}\n-- \n2.39.2\n`));
});

test('a file that the patch did not touch comes last', (t) => {
  const now = section('kernel/c.c', '@@ -1 +1,2 @@', ' a', '+b');
  t.true(replaceSection(patch, 'kernel/c.c', now)?.endsWith(`${second}\n${now}\n-- \n2.39.2\n`));
});

test('a renamed file and an encoded mail are not touched', (t) => {
  const renamed = 'diff --git a/x.c b/y.c\nsimilarity index 100%\nrename from x.c\nrename to y.c\n';
  t.is(replaceSection(renamed, 'y.c', 'x'), undefined);
  t.is(replaceSection('Content-Transfer-Encoding: base64\n\nZGlmZg==\n', 'y.c', 'x'), undefined);
});

test('added lines have their numbers in the new file', (t) => {
  t.deepEqual(
    addedLines(`${first}\n${second}\n`),
    new Map([
      ['kernel/a.c', [{ line: 2, text: 'two' }]],
      ['kernel/b.c', [{ line: 5, text: 'new' }]],
    ]),
  );
});

test('a patch is listed directly after another one', (t) => {
  t.is(
    insertAfter('# x\none.patch -p1\ntwo.patch\n', 'one.patch', 'fix.patch'),
    '# x\none.patch -p1\nfix.patch\ntwo.patch\n',
  );
});
