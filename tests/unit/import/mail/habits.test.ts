import test from 'ava';
import { assemble, type MailMessage, readSource, recover } from '../../../../harness/import/index.ts';
import { bytes } from '../fixture.ts';
import { change, mail, onlyPatch, patchBody } from '../mails.ts';

/** What programs make of patches, each with what is in it. */

const taken = (text: string): readonly MailMessage[] => assemble(readSource('x', bytes(text))).patches;
const heads = (text: string): readonly (readonly (string | undefined)[])[] =>
  taken(text).map(({ subject, author, date }) => [subject.title, author?.email, date]);

const changeset = (title: string, file: string): string =>
  `# HG changeset patch\n# User Ann Author <ann@example.org>\n# Date 1704103200 -3600\n#      Mon Jan 01 11:00:00 2024 +0100\n# Node ID 0123456789012345678901234567890123456789\n# Parent  9876543210987654321098765432109876543210\n${title}\n\nWords about it.\n\n${change(file)}`;

test('changes that Mercurial exports, in a file and in mails', async (t) => {
  const two = changeset('kernel: one', 'kernel/a.c') + changeset('net: two', 'net/b.c');
  const date = 'Mon, 01 Jan 2024 10:00:00 +0000';
  t.deepEqual(heads(two), [
    ['kernel: one', 'ann@example.org', date],
    ['net: two', 'ann@example.org', date],
  ]);
  const [first] = taken(two);
  t.is(first?.text, 'Words about it.');
  const sent = await onlyPatch(
    mail({ subject: '[PATCH 1 of 2] kernel: one', body: changeset('kernel: one', 'k/a.c') }),
  );
  t.is(sent.message.text, 'Words about it.');
  t.is(sent.message.subject.index, 1);
  t.is(sent.diff, change('k/a.c'));
});

test('the output of git log -p is its commits', async (t) => {
  const commit = (id: string, title: string, file: string): string =>
    `commit ${id.repeat(40)}\nAuthor: Ann Author <ann@example.org>\nDate:   Mon Jan 1 10:00:00 2024 +0000\n\n    ${title}\n    \n    Words.\n\n${change(file)}\n`;
  const found = taken(commit('1', 'kernel: one', 'kernel/a.c') + commit('2', 'net: two', 'net/b.c'));
  t.deepEqual(
    found.map(({ subject }) => subject.title),
    ['kernel: one', 'net: two'],
  );
  const diffs = await Promise.all(found.map(async (message) => (await recover(message)).diff));
  t.deepEqual(diffs, [change('kernel/a.c'), change('net/b.c')]);
});

test('the head of a patch of Debian gives title, author and description', (t) => {
  const text = `Description: kernel: one\n It was wrong.\n .\n Now it is not.\nAuthor: Ann Author <ann@example.org>\nBug-Debian: https://bugs.example.org/1\nForwarded: no\nLast-Update: 2024-01-01\n---\nThis patch header follows DEP-3.\n${change()}`;
  t.deepEqual(heads(text), [['kernel: one', 'ann@example.org', '2024-01-01']]);
  t.is(
    taken(text)[0]?.text,
    'It was wrong.\n\nNow it is not.\n\nBug-Debian: https://bugs.example.org/1\nForwarded: no',
  );
});

test('the comments that BitKeeper wrote give title, author and description', (t) => {
  const text = `# This is a BitKeeper generated diff -Nru style patch.\n#\n# ChangeSet\n#   2004/01/02 10:00:00+00:00 ann@example.org \n#   [PATCH] kernel: one\n#   \n#   Words.\n# \n${change()}`;
  t.deepEqual(heads(text), [['kernel: one', 'ann@example.org', '2004-01-02 10:00:00+00:00']]);
});

test('cvs names a file in several lines, and files that it does not know above them', async (t) => {
  const hunks = change().split('\n').slice(4).join('\n');
  const text = `? core\nIndex: kernel/a.c\n${'='.repeat(67)}\nRCS file: /cvs/kernel/a.c,v\nretrieving revision 1.1\ndiff -u -p -r1.1 a.c\n--- kernel/a.c\t1 Jan 2024 10:00:00 -0000\t1.1\n+++ kernel/a.c\t1 Jan 2024 11:00:00 -0000\n${hunks}`;
  const patch = await onlyPatch(text);
  t.deepEqual(patch.problems, []);
  t.deepEqual(patch.files, ['kernel/a.c']);
  t.true(patch.whole);
});

const lost: Readonly<Record<string, string>> = {
  'a file on one side only': 'Only in linux/net: new.c\n',
  'a binary file': 'Binary files linux.orig/x.o and linux/x.o differ\n',
  'properties of Subversion': 'Property changes on: kernel/a.c\n____\nAdded: svn:executable\n',
};
for (const [what, line] of Object.entries(lost))
  test(`what a diff only mentions is a problem: ${what}`, async (t) => {
    const plain = change().split('\n').slice(2).join('\n');
    for (const text of [plain + line, mail({ body: `Words.\n---\n${plain}${line}-- \nAnn\n` })]) {
      const patch = await onlyPatch(text);
      t.is(patch.problems.length, 1, JSON.stringify(patch.problems));
      t.false(patch.whole);
    }
    const described = await onlyPatch(mail({ body: patchBody(change(), { text: `It prints:\n\n${line}` }) }));
    t.deepEqual(described.problems, []);
  });

test('a signature around the text of a mail changes nothing of the patch', async (t) => {
  const signed = patchBody().replace(/^-/gm, '- -');
  const body = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${signed}-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n`;
  const patch = await onlyPatch(mail({ body }));
  t.is(patch.diff, change());
  t.true(patch.message.text.startsWith('Words.'));
});

const forwards: Readonly<Record<string, string>> = {
  Outlook:
    'See below.\n\n-----Original Message-----\nFrom: Ann Author [mailto:ann@example.org]\nSent: Monday, January 01, 2024 10:00\nTo: list\nSubject: [PATCH] kernel: one\n\n',
  Gmail:
    '---------- Forwarded message ---------\nFrom: Ann Author <ann@example.org>\nDate: Mon, Jan 1, 2024\nSubject: [PATCH] kernel: one\nTo: <list@example.org>\n\n\n',
  'Apple Mail': 'Begin forwarded message:\n\nFrom: Ann Author <ann@example.org>\nSubject: [PATCH] kernel: one\n\n',
};
for (const [who, head] of Object.entries(forwards))
  test(`a patch that is passed on within the text is its author's: ${who}`, async (t) => {
    const text = mail({ from: 'Bob <bob@example.org>', subject: 'FW: [PATCH] kernel: one', body: head + patchBody() });
    const { message, diff } = await onlyPatch(text);
    t.is(message.author?.email, 'ann@example.org');
    t.is(message.subject.title, 'kernel: one');
    t.regex(message.text, /^Words\.\n\nSigned-off-by/);
    t.is(diff, change());
  });

test('colours of a terminal are taken out, and told', async (t) => {
  const coloured = change().replace(/^(?:diff|index|---|[+]|@@).*$/gm, '\u001b[32m$&\u001b[m');
  const patch = await onlyPatch(coloured);
  t.is(patch.diff, change());
  t.true(patch.message.findings.repairs.some(({ text }) => text === 'colours of a terminal taken out'));
});

const binary = (id: string): string =>
  `diff --git a/x.bin b/x.bin\nnew file mode 100644\nindex ${'0'.repeat(40)}..${id}\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n\nliteral 0\nHcmV?d00001\n\n`;

test('the data of a binary patch must be the file that its index line names', async (t) => {
  const whole = await onlyPatch(mail({ body: `Words.\n---\n${binary('f76dd238ade08917e6712764a16a22005a50573d')}` }));
  t.deepEqual([...whole.problems, ...whole.notes], []);
  t.true(whole.whole);
  const other = await onlyPatch(mail({ body: `Words.\n---\n${binary('a76dd238ade08917e6712764a16a22005a50573d')}` }));
  t.regex(other.problems[0]?.text ?? '', /not the file that the index line names/);
  t.false(other.whole);
});

test('pieces of a diff above the file that is named first are no description', async (t) => {
  const headless = change('net/b.c').split('\n').slice(2, 4).join('\n');
  const body = `Words.\n---\n${headless}\n \tint one;\n+\tint lost;\n${change()}`;
  const patch = await onlyPatch(mail({ body }));
  const told = [...patch.problems, ...patch.message.findings.problems].map(({ text }) => text);
  t.true(
    told.some((text) => /2 lines of a diff above the first file/.test(text)),
    told.join('\n'),
  );
});

const logged = (id: string, title: string, date: string, diff: string): string =>
  `commit ${id.repeat(40)}\nAuthor: Ann Author <ann@example.org>\nDate:   ${date}\n\n    ${title}\n\n${diff}\n`;
const [early, late] = ['Mon Jan 1 10:00:00 2024 +0000', 'Tue Jan 2 10:00:00 2024 +0000'];
const titlesIn = (text: string): string[] => taken(text).map(({ subject }) => subject.title);

test('a log that shows the newest commit first is put in order, by blob ids before dates', (t) => {
  const one = change('a.c', 'one').replace('1111111..2222222', '1a2b3c4..2b3c4d5');
  const two = change('a.c', 'two').replace('1111111..2222222', '2b3c4d5..3c4d5e6');
  t.deepEqual(titlesIn(logged('2', 'two', late, two) + logged('1', 'one', early, one)), ['one', 'two']);
  t.deepEqual(titlesIn(logged('2', 'two', early, two) + logged('1', 'one', late, one)), ['one', 'two']);
  t.deepEqual(titlesIn(logged('1', 'one', late, one) + logged('2', 'two', early, two)), ['one', 'two']);
  const other = change('b.c', 'two');
  t.deepEqual(titlesIn(logged('2', 'two', late, other) + logged('1', 'one', early, one)), ['one', 'two']);
  t.deepEqual(titlesIn(logged('1', 'one', early, one) + logged('2', 'two', late, other)), ['one', 'two']);
});

test('the lines that git log --graph draws are taken off', async (t) => {
  const moved = (text: string, mark: string): string =>
    text
      .trimEnd()
      .replace(/^(?!commit )/gm, mark)
      .replace('commit', '* commit');
  const graph = `*   commit ${'3'.repeat(40)}\n|\\  Merge: 2 1\n| | Author: Ann Author <ann@example.org>\n| | Date:   ${late}\n| | \n| |     merge\n| |\n${moved(logged('2', 'two', late, change('b.c')), '| | ').replace('* commit', '| * commit')}\n| |\n|/\n${moved(logged('1', 'one', early, change('a.c')), '  ')}\n`;
  const found = taken(graph);
  t.deepEqual(
    found.map(({ subject }) => subject.title),
    ['one', 'two'],
  );
  const diffs = await Promise.all(found.map(async (message) => (await recover(message)).diff));
  t.deepEqual(diffs, [change('a.c'), change('b.c')]);
});

test('a diff beside the one that a reply quotes is a problem', (t) => {
  const quoted = change().replace(/^/gm, '> ').trimEnd();
  const [message] = taken(`Bob wrote:\n${quoted}\n\nBetter:\n\n  ${change('b.c').replaceAll('\n', '\n  ')}\n`);
  t.regex(message?.findings.problems[0]?.text ?? '', /^a diff stands beside the one that is quoted/);
});

test('what git says of the files of a diff is no title', (t) => {
  for (const above of [' a.c | 1 +\n 1 file changed, 1 insertion(+)\n', ':100644 100644 d072066 80a5022 M\ta.c\n'])
    t.deepEqual(titlesIn(`${above}\n${change('a.c')}`), ['x']);
});
