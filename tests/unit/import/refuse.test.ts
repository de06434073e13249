import test from 'ava';
import { findRefusals, type MailMessage, readSource } from '../../../harness/import/index.ts';
import { change, mail, patchBody, read } from './mails.ts';

const posted = (diff: string, text?: string): MailMessage[] =>
  readSource('mail', mail({ body: patchBody(diff, text === undefined ? {} : { text }) }));
const refusals = (diff: string, text?: string): readonly string[] =>
  findRefusals(posted(diff, text)).map((one) => one.text);
const renamed = (path: string): string => change().replaceAll('kernel/a.c', path);

const link = (target: string, file = 'tools/l'): string =>
  `diff --git a/${file} b/${file}\nnew file mode 120000\nindex 0000000..2222222\n--- /dev/null\n+++ b/${file}\n@@ -0,0 +1 @@\n+${target}\n\\ No newline at end of file\n`;

const refused: Readonly<Record<string, readonly [diff: string, reason: RegExp]>> = {
  'a path with ..': [renamed('../../etc/cron.d/x'), /a path with "\.\.", which leaves the tree/],
  'a path with .. in the middle': [renamed('kernel/../../x'), /a path with "\.\."/],
  'an absolute path': [
    change().replaceAll('a/kernel/a.c', '/etc/x').replaceAll('b/kernel/a.c', '/etc/x'),
    /an absolute path/,
  ],
  'an absolute path after the prefix': [renamed('/etc/x'), /an absolute path/],
  'a quoted path': [
    change().replaceAll('a/kernel/a.c', '"a/\\056git/x"').replaceAll('b/kernel/a.c', '"b/\\056git/x"'),
    /a quoted path/,
  ],
  "git's own directory": [renamed('.git/hooks/post-checkout'), /git's own directory/],
  "git's own directory in capitals": [renamed('sub/.GIT/config'), /git's own directory/],
  'the short name of that directory': [renamed('git~1/config'), /git's own directory/],
  'a path with a backslash': [renamed('..\\x'), /backslash/],
  'a link out of the tree': [link('../../../etc/passwd'), /a symbolic link that leaves the tree: tools\/l/],
  'an absolute link': [link('/etc/passwd'), /a symbolic link that leaves the tree/],
  'a file through a new link': [link('../kernel') + renamed('tools/l/x.c'), /through the symbolic link tools\/l/],
  'a submodule': [
    'diff --git a/sub b/sub\nnew file mode 160000\nindex 0000000..2222222\n--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+Subproject commit 0123456789012345678901234567890123456789\n',
    /a submodule/,
  ],
  'a NUL byte': [change('kernel/a.c', 'x\0y'), /a NUL byte/],
  'a CR in a name': [change().replace('+++ b/kernel/a.c', '+++ b/kernel/a.c\r'), /a CR in a header line/],
  'two names for one file': [change().replace('+++ b/kernel/a.c', '+++ b/kernel/z.c'), /name different files/],
  'a hunk that ends like a header': [
    `--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n one\n--- a/Makefile\n+++ b/Makefile\n@@ -1 +1 @@\n-all:\n+all: evil\n`,
    /form of a file's header/,
  ],
  'a path that leaves the tree after a space': [renamed('kernel/a b/../../../x'), /a path with "\.\."/],
  'such a path in a change of its mode': [
    'diff --git a/k x/../../y b/k x/../../y\nold mode 100644\nnew mode 100755\n',
    /a path with "\.\."/,
  ],
  'a tab in a name': [renamed('kernel/a\tb.c'), /a path with a control character/],
  'a mode that runs as its owner': [
    'diff --git a/tools/x b/tools/x\nold mode 100644\nnew mode 104755\n',
    /the file mode 104755/,
  ],
  'a pipe': ['diff --git a/p b/p\nnew file mode 010644\nindex 0000000..e69de29\n', /the file mode 010644/],
  'no name at all': [
    'diff --git a/p b/p\n--- /dev/null\n+++ /dev/null\n@@ -0,0 +1 @@\n+x\n',
    /both names of a file are \/dev\/null/,
  ],
  'a link that is moved up': [
    `${link('../../x', 'a/b/l')}diff --git a/a/b/l b/l\nsimilarity index 100%\nrename from a/b/l\nrename to l\n`,
    /a symbolic link that leaves the tree: l -> /,
  ],
  'a line without end': [change('kernel/a.c', 'x'.repeat(1_100_000)), /a line of \d+ bytes/],
};
for (const [what, [diff, reason]] of Object.entries(refused)) {
  test(`${what} is refused with its place`, (t) => {
    const messages = posted(diff);
    const found = findRefusals(messages);
    t.true(found.length > 0);
    t.regex(found.map(({ text }) => text).join('\n'), reason);
    t.true(found.every(({ source, line }) => source === 'mail' && (line ?? 0) > 8));
  });
}

const allowed: Readonly<Record<string, string>> = {
  'a usual change': change(),
  'a link within the tree': link('../kernel/a.c'),
  'a program': 'diff --git a/tools/x b/tools/x\nold mode 100644\nnew mode 100755\n',
  'a name with spaces': renamed('Documentation/a b.txt').replace(/^(---|\+\+\+) (.*)$/gm, '$1 $2\t'),
  'names with dates': change().replace(/^(---|\+\+\+) (.*)$/gm, '$1 $2 Tue Oct  9 20:31:38 2007'),
  'names with dots': renamed('a/.gitignore') + renamed('x/..y/z...c'),
  'a deleted line with the form of a name': '--- a/doc\n+++ b/doc\n@@ -1,3 +1,3 @@\n one\n--- old\n+++ new\n two\n',
  'a file of Windows': change().replace(/^([ +].*;)$/gm, '$1\r'),
};
for (const [what, diff] of Object.entries(allowed)) {
  test(`${what} is not refused`, (t) => {
    t.deepEqual(refusals(diff), []);
  });
}

test('an ed script in a description is refused, a line that only looks like a command is not', (t) => {
  t.regex(refusals(change(), 'Words.\n\n1,2c\nevil\n.\nw').join(), /an ed script/);
  t.regex(refusals(change(), 'Words.\n\n12d\nw\n').join(), /an ed script/);
  t.deepEqual(refusals(change(), 'The answer is\n42a\nas we know.'), []);
});

test('a link that an earlier patch of the series makes is known in a later one', (t) => {
  const found = findRefusals(
    read([{ body: patchBody(link('../kernel')) }, { subject: '[PATCH] two', body: patchBody(renamed('tools/l/x.c')) }]),
  );
  t.is(found.length, 1);
  t.regex(found[0]?.text ?? '', /through the symbolic link/);
});

test('names with spaces that differ, and a hunk of no lines, are refused', (t) => {
  const spaced = 'diff --git a/x y b/x y\n--- a/z\t\n+++ b/x y\t\n@@ -1 +1 @@\n-a\n+b\n';
  t.regex(refusals(spaced).join('\n'), /two header lines of one file name different files/);
  t.regex(refusals(`${change('kernel/a.c')}@@ -1,0 +1,0 @@\n`).join('\n'), /a hunk without lines/);
});
