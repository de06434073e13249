import test from 'ava';
import { assemble, readSource } from '../../../../harness/import/index.ts';
import { base64, change, mail, onlyPatch, patchBody, separator } from '../mails.ts';

const one = mail({ subject: '[PATCH 1/2] one', id: 'p1', to: 'c' });
const two = mail({ subject: '[PATCH 2/2] two', id: 'p2', to: 'c', body: patchBody(change('kernel/b.c')) });
const length = (text: string): string =>
  text.replace('\n\n', `\nContent-Length: ${text.length - text.indexOf('\n\n') - 2}\n\n`);
const tricky = mail({
  subject: '[PATCH 1/2] one',
  id: 'p1',
  to: 'c',
  body: `Words.\n\n${separator}Subject: not a mail\n\n${patchBody()}`,
});

const boxes: Readonly<Record<string, string>> = {
  'the usual separators': `${separator}${one}\n${separator}${two}`,
  'separators without a date': `From ann@example.org\n${one}\nFrom eve@example.org\n${two}`,
  'separators of one word': `From nobody\n${one}\nFrom nobody\n${two}`,
  'no blank line before a separator': `${separator}${one.trimEnd()}\n${separator}${two}`,
  'Windows line ends': `${separator}${one}\n${separator}${two}`.replaceAll('\n', '\r\n'),
  'Windows line ends and no date': `From ann\n${one}\nFrom ann\n${two}`.replaceAll('\n', '\r\n'),
  'blank lines in front': `\n\n${separator}${one}\n${separator}${two}`,
  'nothing between the mails': `${one}\n${two}`,
  'lengths instead of quoted lines': `${separator}${length(tricky)}\n${separator}${length(two)}`,
};
for (const [what, text] of Object.entries(boxes)) {
  test(`a mailbox with ${what} is split`, (t) => {
    const found = assemble(readSource('box', text));
    t.deepEqual(
      found.patches.map(({ subject }) => subject.title),
      ['one', 'two'],
    );
    t.deepEqual(found.problems, []);
    t.true(found.patches.every(({ diff }) => diff.filter(({ text: line }) => line.startsWith('diff ')).length === 1));
  });
}

test('a digest is its mails', (t) => {
  const digest = mail({
    subject: 'list Digest, Vol 1',
    head: 'MIME-Version: 1.0\nContent-Type: multipart/digest; boundary=D\n',
    body: `--D\n\n${one}\n--D\n\n${two}\n--D--\n`,
  });
  t.deepEqual(
    assemble(readSource('box', digest)).patches.map(({ subject }) => subject.title),
    ['one', 'two'],
  );
});

test('parts within parts are read', async (t) => {
  const inner = `--I\nContent-Type: text/plain\n\n${patchBody()}--I\nContent-Type: text/html\n\n<b>x</b>\n--I--\n`;
  const text = mail({
    head: 'Content-Type: multipart/mixed; boundary=O\n',
    body: `--O\nContent-Type: multipart/alternative; boundary=I\n\n${inner}\n--O\nContent-Type: text/plain\n\nfoot of the list\n--O--\n`,
  });
  t.is((await onlyPatch(text)).diff, change());
});

test('a mail that names no boundary, or another one, is read all the same', async (t) => {
  for (const type of ['multipart/mixed', 'multipart/mixed; boundary=none']) {
    const text = mail({ head: `Content-Type: ${type}\n`, body: patchBody() });
    t.is((await onlyPatch(text)).diff, change(), type);
  }
});

const authors: readonly (readonly [word: string, name: string])[] = [
  ['=?iso-2022-jp?B?GyRCOzNFRBsoQg==?=', '山田'],
  ['=?ISO-2022-KR?B?GyQpQw4xaA8=?=', '김'],
  ['=?EUC-KR?B?seg=?=', '김'],
  ['=?GB2312?B?1cXI/Q==?=', '张三'],
  ['=?cp936?B?1cXI/Q==?=', '张三'],
  ['=?big5?B?s6+kag==?=', '陳大'],
  ['=?KOI8-R?B?6dfBzg==?=', 'Иван'],
  ['=?windows-1251?B?yOLg7Q==?=', 'Иван'],
  ['=?cp1251?B?yOLg7Q==?=', 'Иван'],
  ['=?iso-8859-2?Q?Ji=F8=ED?=', 'Jiří'],
  ['=?windows-1252?Q?=8Aimon?=', 'Šimon'],
  ['=?utf-7?Q?J+APw-rgen?=', 'Jürgen'],
];
for (const [word, name] of authors) {
  test(`${word} is ${name}`, (t) => {
    t.is(readSource('mail', mail({ from: `${word} <x@example.org>` }))[0]?.author?.name, name);
  });
}

const binaryType = (type: string, encoding = '8bit'): string =>
  `MIME-Version: 1.0\nContent-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n`;
const dos = (text: string): string => text.replaceAll('\n', '\r\n');

const forms: Readonly<Record<string, string>> = {
  'a type that says nothing': mail({ head: binaryType('application/octet-stream; x-default=true') }),
  'base64 with Windows line ends but for the last line': mail({
    head: binaryType('text/plain', 'base64'),
    body: base64(dos(patchBody(change(), { tail: '' })) + 'foot of the list\n'),
  }),
  'base64 and the foot of a list that is not encoded': mail({
    head: binaryType('text/plain', 'base64'),
    body: `${base64(patchBody())}\n-- \nTo unsubscribe: send a mail\n`,
  }),
  'two texts in base64, one after the other': mail({
    head: binaryType('text/plain', 'base64'),
    body: base64(`${patchBody()}.`) + base64('\nfoot\n'),
  }),
  'Windows line ends in quoted-printable': mail({
    head: binaryType('text/plain', 'quoted-printable'),
    body: patchBody().replaceAll('=', '=3D').replaceAll('\n', '=0D\n'),
  }),
  'soft breaks in the middle of lines': mail({
    head: binaryType('text/plain', 'quoted-printable'),
    body: patchBody()
      .replaceAll('=', '=3D')
      .replace(/^(.{7})(?=.)/gm, '$1=\n'),
  }),
  'UTF-16': mail({
    head: binaryType('text/plain; charset=utf-16le', 'base64'),
    body: base64(Buffer.from(patchBody(), 'utf16le').toString('latin1')),
  }),
  'UTF-7': mail({ head: binaryType('text/plain; charset=utf-7'), body: patchBody().replaceAll('+', '+-') }),
  'UTF-7 that is none': mail({ head: binaryType('text/plain; charset=unicode-1-1-utf-7') }),
  'Windows line ends of which one was lost': mail({
    head: binaryType('text/plain', 'base64'),
    body: base64(dos(patchBody()).replace(/^(\+\+\+ .*)\r$/m, '$1')),
  }),
  'Windows line ends of which that of the hunk was lost': mail({
    head: binaryType('text/plain', 'base64'),
    body: base64(dos(patchBody()).replace(/^(@@ .*)\r$/m, '$1')),
  }),
  'HTML alone': mail({
    head: binaryType('text/html; charset=UTF-8'),
    body: `<html><body><pre>${patchBody().replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</pre></body></html>\n`,
  }),
  'flowed lines': mail({
    head: binaryType('text/plain; format=flowed; delsp=yes'),
    body: patchBody().replace(/^(?=[ >]|From )/gm, ' '),
  }),
};
for (const [what, text] of Object.entries(forms)) {
  test(`the diff is found in ${what}`, async (t) => {
    const patch = await onlyPatch(text);
    t.is(patch.diff, change());
    t.true(patch.whole, JSON.stringify(patch.problems));
  });
}

test('an attachment that is packed in an unknown way is a problem, not a silence', (t) => {
  const part = `--B\nContent-Type: application/x-xz; name="one.patch.xz"\nContent-Transfer-Encoding: base64\n\n/Td6\n`;
  const text = mail({
    subject: '[PATCH] one',
    head: 'Content-Type: multipart/mixed; boundary=B\n',
    body: `--B\nContent-Type: text/plain\n\nSee there.\n${part}--B--\n`,
  });
  t.throws(() => assemble(readSource('box', text)), { message: /the attachment one\.patch\.xz was not read/ });
  const found = assemble(
    readSource('box', `${separator}${text}\n${separator}${mail({ subject: '[PATCH] two', id: 'x' })}`),
  );
  t.regex(found.problems[0]?.text ?? '', /was not read/);
});

test('an attached mailbox is its mails, whatever stands in front of them', (t) => {
  for (const box of [
    `${separator}${one}\n${separator}${two}`,
    `From nobody\n${one}\nFrom nobody\n${two}`,
    `${one}\n${two}`.replace(/^From: .*\n/, 'Date: Mon, 1 Jan 2024 10:00:00 +0000\n$&'),
  ]) {
    const part = `--B\nContent-Type: application/mbox; name="two.mbox"\nContent-Transfer-Encoding: base64\n\n${base64(box)}`;
    const text = mail({
      subject: 'the series',
      head: 'Content-Type: multipart/mixed; boundary=B\n',
      body: `--B\nContent-Type: text/plain\n\nHere it is.\n${part}--B--\n`,
    });
    const found = assemble(readSource('box', text));
    t.deepEqual(
      found.patches.map(({ subject }) => subject.title),
      ['one', 'two'],
    );
    t.deepEqual(found.problems, []);
  }
});

const headed = (title: string, file: string, who = 'ann'): string =>
  `From: ${who} <${who}@example.org>\nSubject: ${title}\n\nWords.\n\n${change(file)}`;

test('patches in one file, each with author and title above it, are as many patches', (t) => {
  const found = assemble(readSource('all.patch', headed('one', 'a/a.c') + headed('two', 'b/b.c', 'eve')));
  t.deepEqual(
    found.patches.map(({ subject, author }) => [subject.title, author?.email]),
    [
      ['one', 'ann@example.org'],
      ['two', 'eve@example.org'],
    ],
  );
  const described = headed('one', 'a/a.c').replace('Words.', `It said:\n\nFrom: x\nSubject: y\n\nand so on.`);
  t.is(assemble(readSource('one.patch', described)).patches.length, 1);
});

test('a description between two parts of a diff is that of another patch, which is told', async (t) => {
  for (const between of [
    'Signed-off-by: Eve <eve@example.org>\n',
    'Subject: [PATCH] two\n',
    '---8<---\n',
    'Description: two\n',
  ])
    for (const around of [(diff: string) => mail({ body: patchBody(diff) }), (diff: string) => `Words.\n\n${diff}`]) {
      const patch = await onlyPatch(around(`${change()}\nMore words.\n\n${between}\n${change('net/b.c')}`));
      t.regex(patch.problems[0]?.text ?? '', /two patches in one text/, between);
      t.false(patch.whole);
    }
});
