import test from 'ava';
import { type MailMessage, readSource, recover } from '../../../../harness/import/index.ts';
import { bytes, demoDiff } from '../fixture.ts';

const body = (diff = demoDiff): string =>
  `Words.\n\nSigned-off-by: Ada Example <ada@example.org>\n---\n x | 1 +\n\n${diff}-- \n2.39.5\n\n`;

interface Parts {
  readonly from?: string;
  readonly subject?: string;
  readonly head?: string;
  readonly body?: string;
}

function mail({
  from = 'Ada Example <ada@example.org>',
  subject = '[PATCH 1/2] demo: a limit',
  head = '',
  body: text = body(),
}: Parts): string {
  return `From: ${from}\nDate: Mon, 2 Jul 2007 10:00:00 +0200\nSubject: ${subject}\nMessage-ID: <one@example.org>\n${head}\n${text}`;
}

const separator = 'From ada@example.org Mon Jul  2 10:00:00 2007\n';

function only(text: string): MailMessage {
  const found = readSource('box', text);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} messages`);
  return found[0];
}

test('a mail gives author, date, id, numbers, message, what is below it, and the diff', async (t) => {
  const message = only(mail({}));
  t.like(message, {
    subject: { title: 'demo: a limit', reply: false, version: 1, index: 1, total: 2 },
    author: { name: 'Ada Example', email: 'ada@example.org' },
    date: 'Mon, 2 Jul 2007 10:00:00 +0200',
    messageId: 'one@example.org',
    text: 'Words.\n\nSigned-off-by: Ada Example <ada@example.org>',
    mangled: false,
  });
  t.deepEqual(
    message.below.map(({ text, number }) => [number, text]),
    [[10, ' x | 1 +']],
  );
  t.is(message.diff[0]?.number, 12);
  const patch = await recover(message);
  t.is(patch.diff, demoDiff);
  t.true(patch.whole);
  t.deepEqual([...patch.repairs, ...patch.problems], []);
});

test('an mbox is split at separators only', (t) => {
  const text = 'From here on it is better.\nFrom time to time, at 10:00 in 2007, it was not.\n>From the beginning.\n\n';
  const box = `${separator}${mail({ body: text + body() })}\n${separator}${mail({ subject: '[PATCH 2/2] more' })}`;
  const found = readSource('box', box);
  t.is(found.length, 2);
  t.true(
    found[0]?.text.startsWith(
      'From here on it is better.\nFrom time to time, at 10:00 in 2007, it was not.\nFrom the beginning.',
    ),
  );
  t.deepEqual(
    found.map(({ line }) => box.split('\n')[line - 1]),
    ['From: Ada Example <ada@example.org>', 'From: Ada Example <ada@example.org>'],
  );
  t.is(
    box.split('\n')[(found[1]?.diff[0]?.number ?? 0) - 1],
    'diff --git a/include/linux/demo.h b/include/linux/demo.h',
  );
});

const encoded = (text: string): string => Buffer.from(text, 'latin1').toString('base64').replace(/.{76}/g, '$&\n');

test('a patch attached in base64 is found, its bytes untouched', async (t) => {
  const diff = demoDiff.replace('/* Wake those', '/* Wake \xe4ll those');
  const text = `Words.\n\n--x\n`;
  const message = only(
    mail({
      head: 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n',
      body: `--x\nContent-Type: text/plain; charset=us-ascii\n\n${text}Content-Type: text/x-patch; name="a.patch"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="a.patch"\n\n${encoded(diff)}\n--x--\n`,
    }),
  );
  t.is(message.text, 'Words.');
  t.is((await recover(message)).diff, diff);
});

test('attached format-patch files are patches of their own', (t) => {
  const attached = (number: number): string =>
    `--x\nContent-Type: application/octet-stream; name="000${number}.patch"\nContent-Transfer-Encoding: base64\n\n${encoded(`From ${'0'.repeat(40)} Mon Sep 17 00:00:00 2001\n${mail({ subject: `[PATCH ${number}/2] part ${number}` })}`)}\n`;
  const found = readSource(
    'box',
    mail({
      subject: 'two patches',
      head: 'Content-Type: multipart/mixed; boundary=x\n',
      body: `--x\nContent-Type: text/plain\n\nSee attached.\n${attached(1)}${attached(2)}--x--\n`,
    }),
  );
  t.deepEqual(
    found.filter(({ diff }) => diff.length > 0).map(({ subject }) => subject.title),
    ['part 1', 'part 2'],
  );
});

test('quoted-printable is undone and lines keep their numbers', async (t) => {
  const coded = body()
    .replace(/=/g, '=3D')
    .replace(/^(.{30})(.{10,})$/gm, '$1=\n$2')
    .replace('Words.', 'W=C3=B6rds.');
  const text = mail({
    head: 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n',
    body: coded,
  });
  const message = only(text);
  t.true(message.text.startsWith('Wörds.'));
  t.is((await recover(message)).diff, demoDiff);
  t.true(text.split('\n')[(message.diff[0]?.number ?? 0) - 1]?.startsWith('diff --git'));
});

const names: readonly [string, string][] = [
  ['=?ISO-8859-1?Q?J=FCrgen_Gro=DF?= <j@example.org>', 'Jürgen Groß'],
  ['=?utf-8?B?SsO8cmdlbiBHcm/Dnw==?= <j@example.org>', 'Jürgen Groß'],
  ['=?utf-8?q?J=C3=BCr?= =?utf-8?q?gen_Gro=C3=9F?= <j@example.org>', 'Jürgen Groß'],
  ['=?utf-8?q?J=C3?= =?utf-8?q?=BCrgen_Gro=C3=9F?= <j@example.org>', 'Jürgen Groß'],
  ['J\xfcrgen Gro\xdf <j@example.org>', 'Jürgen Groß'],
  [bytes('Jürgen Groß <j@example.org>'), 'Jürgen Groß'],
  [bytes('"Groß, Jürgen" <j@example.org>'), 'Groß, Jürgen'],
  ['j@example.org (Jurgen Gross)', 'Jurgen Gross'],
];
for (const [from, name] of names) {
  test(`the author of "From: ${JSON.stringify(from)}" is ${name}`, (t) => {
    t.deepEqual(only(mail({ from })).author, { name, email: 'j@example.org' });
  });
}

test('the charset of a mail holds for its message, not for the diff', async (t) => {
  const diff = demoDiff.replace('/* Wake those', '/* Wake \xe4ll those');
  const message = only(
    mail({ head: 'Content-Type: text/plain; charset=iso-8859-1\n', body: body(diff).replace('Words.', 'W\xf6rds.') }),
  );
  t.true(message.text.startsWith('Wörds.'));
  t.is((await recover(message)).diff, diff);
});

test('a From line in the body overrules the sender', (t) => {
  const message = only(
    mail({ body: `From: ${bytes('Jürgen')} <j@example.org>\nDate: Tue, 3 Jul 2007 10:00:00 +0000\n\n${body()}` }),
  );
  t.deepEqual(message.author, { name: 'Jürgen', email: 'j@example.org' });
  t.deepEqual(message.sender, { name: 'Ada Example', email: 'ada@example.org' });
  t.is(message.date, 'Tue, 3 Jul 2007 10:00:00 +0000');
  t.true(message.text.startsWith('Words.'));
});

test('what stands above a scissors line is a note', (t) => {
  const message = only(mail({ body: `Here it is.\n\n-- >8 --\nSubject: [PATCH] another title\n\n${body()}` }));
  t.is(message.subject.title, 'another title');
  t.is(message.text, 'Words.\n\nSigned-off-by: Ada Example <ada@example.org>');
  t.deepEqual(
    message.findings.notes.map(({ text }) => text),
    ['Here it is.'],
  );
});

test('format=flowed is undone', async (t) => {
  const stuffed = body().replace(/^(?=[ >]|From )/gm, ' ');
  const message = only(mail({ head: 'Content-Type: text/plain; format=flowed\n', body: stuffed }));
  t.is((await recover(message)).diff, demoDiff);
  t.deepEqual(
    message.findings.repairs.map(({ text }) => text),
    ['format=flowed undone'],
  );
});

test('a mail saved with CR LF is read like any other', async (t) => {
  const message = only(mail({}).replaceAll('\n', '\r\n'));
  t.is(message.text, 'Words.\n\nSigned-off-by: Ada Example <ada@example.org>');
  t.is((await recover(message)).diff, demoDiff);
});

test('empty context lines without their space are mended, and it is said', async (t) => {
  const patch = await recover(only(mail({ body: body().replace(/^ $/gm, '') })));
  t.is(patch.diff, demoDiff);
  t.true(patch.repairs.some(({ text }) => /space put back in \d empty lines/.test(text)));
});

test('a mail that quotes a patch is a source only where there is no other patch', (t) => {
  const quoted = body().replace(/^/gm, '> ');
  const answer = mail({
    from: 'Bob <bob@example.org>',
    subject: 'Re: [PATCH 1/2] demo: a limit',
    body: `On Mon, 2 Jul 2007, Ada Example wrote:\n${quoted}\nNeeds wait.h.\n`,
  });
  for (const text of [answer, separator + answer]) {
    const quotation = only(text);
    t.true(quotation.diff.length > 0);
    t.deepEqual(quotation.author, { name: 'Ada Example', email: 'ada@example.org' });
    t.deepEqual(
      quotation.findings.notes.map((note) => note.text),
      ['Bob: Needs wait.h.'],
    );
  }
  const found = readSource(
    'box',
    `${separator}${mail({})}${separator}${mail({ subject: 'Re: [PATCH 1/2] demo: a limit', body: quoted })}`,
  );
  t.deepEqual(
    found.map(({ diff }) => diff.length > 0),
    [true, false],
  );
});

test('a removed line that looks like a header or a signature does not end a hunk', async (t) => {
  const diff = `--- a/doc.txt
+++ b/doc.txt
@@ -1,6 +1,6 @@
 one
--- old name
+++ new name
 two
-- 
+- item
 three
 four
`;
  const patch = await recover(only(mail({ body: body(diff) })));
  t.is(patch.diff, diff);
  t.true(patch.whole);
});

test('a diff of mode changes, renames and binary files goes through as it is', async (t) => {
  const diff = `diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git a/old.c b/new.c
similarity index 100%
rename from old.c
rename to new.c
diff --git a/x.bin b/x.bin
new file mode 100644
index 0000000000000000000000000000000000000000..eaf36c1daccfdf325514461cd1a2ffbc139b5464
GIT binary patch
literal 4
LcmZQzWMT#Y01f~L

literal 0
HcmV?d00001

`;
  const patch = await recover(only(mail({ body: body(diff) })));
  t.is(patch.diff.trimEnd(), diff.trimEnd());
  t.true(patch.files.includes('new.c'));
  t.true(patch.whole);
});
