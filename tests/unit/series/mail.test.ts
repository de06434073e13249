import test from 'ava';
import { commitMessage, gitDate, messageIdOf, parseMailInfo } from '../../../harness/series/mail.ts';

test('the head of a mail', (t) => {
  const output =
    'Author: Jörg Ä\nEmail: j@example.org\nSubject: mm: less of it\nDate: Mon, 1 Jan 2024 10:00:00 +0100\n\n';
  t.deepEqual(parseMailInfo(output, '0001-x.patch'), {
    subject: 'mm: less of it',
    author: { name: 'Jörg Ä', email: 'j@example.org' },
    date: 'Mon, 1 Jan 2024 10:00:00 +0100',
  });
});

test('a bare diff takes its file name for a subject', (t) => {
  t.deepEqual(parseMailInfo('\n', 'sub/fix-it.patch'), {
    subject: 'fix-it',
    author: { name: 'unknown', email: 'unknown@localhost' },
  });
});

test("dates become git's, with their zone", (t) => {
  t.is(gitDate('Mon, 1 Jan 2024 10:00:00 +0100', 0), '@1704099600 +0100');
  t.is(gitDate('Sun, 8 Jul 2007 16:32:17 -0700', 0), '@1183937537 -0700');
  t.is(gitDate('2024-01-01T00:00:00Z', 0), '@1704067200 +0000');
});

test('what is no date falls back', (t) => {
  t.is(gitDate(undefined, 7), '@7 +0000');
  t.is(gitDate('some day', 7), '@7 +0000');
  t.is(gitDate('Mon, 1 Jan 1900 10:00:00 +0100', 7), '@7 +0000');
});

test('a message is the subject, a blank line, the body', (t) => {
  t.is(commitMessage('one', '\nbody\n\nSigned-off-by: x\n\n'), 'one\n\nbody\n\nSigned-off-by: x\n');
  t.is(commitMessage('one', '\n'), 'one\n');
});

test('the Message-ID is that of the head, whatever stands in the text', (t) => {
  const body = '\n\nMessage-ID: <other@host>\n';
  t.is(messageIdOf(`From: a\nMessage-Id: <1.2@host.example>\nSubject: x${body}`), '1.2@host.example');
  t.is(messageIdOf(`From: a\r\nMESSAGE-ID:\r\n <1@h>\r\n\r\n`), '1@h');
  t.is(messageIdOf(`Subject: x${body}`), undefined);
  t.is(messageIdOf('Message-ID: <a b>\n\n'), undefined);
});
