import { gzipSync } from 'node:zlib';
import test from 'ava';
import { readSource, recover } from '../../../../harness/import/index.ts';
import { change, mail, patchBody } from '../mails.ts';

/** As uuencode(1) writes it, with "`" for zeros, which stays whole on the way. */
function uuencode(data: Buffer, name: string): string {
  const char = (six: number): string => (six === 0 ? '`' : String.fromCharCode(32 + six));
  const lines: string[] = [];
  for (let at = 0; at < data.length; at += 45) {
    const piece = data.subarray(at, at + 45);
    let line = char(piece.length);
    for (let byte = 0; byte < piece.length; byte += 3) {
      const [a = 0, b = 0, c = 0] = piece.subarray(byte, byte + 3);
      line += [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63].map(char).join('');
    }
    lines.push(line);
  }
  return `begin 644 ${name}\n${lines.join('\n')}\n\`\nend\n`;
}

const file = `From: Ann Author <ann@example.org>\nSubject: [PATCH] kernel: one\n\n${patchBody()}`;

test('an uuencoded patch in the text of a mail is read, a packed one as well', async (t) => {
  const texts = [
    uuencode(Buffer.from(change()), 'one.patch'),
    uuencode(Buffer.from(file), '0001-one.patch'),
    uuencode(gzipSync(change()), 'one.patch.gz'),
    `begin-base64 644 one.patch\n${Buffer.from(change()).toString('base64').replace(/.{60}/g, '$&\n')}\n====\n`,
  ];
  for (const text of texts) {
    const found = readSource('m', mail({ body: `Please apply.\n\n${text}\n-- \nAnn\n` }));
    const [message] = found.filter(({ diff }) => diff.length > 0);
    if (message === undefined) return t.fail(text);
    t.is((await recover(message)).diff, change());
    t.deepEqual(message.findings.problems, []);
    t.is(message.subject.title, 'kernel: one');
  }
});

test('a whole body in that encoding is read', async (t) => {
  const head = 'Content-Type: text/x-patch; name="one.patch"\nContent-Transfer-Encoding: x-uuencode\n';
  const found = readSource('m', mail({ head, body: uuencode(Buffer.from(change()), 'one.patch') }));
  const [message] = found.filter(({ diff }) => diff.length > 0);
  t.is(message && (await recover(message)).diff, change());
});

test('one that is damaged is a problem with its name, and prose with that word is prose', (t) => {
  const whole = uuencode(Buffer.from(change()), 'one.patch');
  const problems = (body: string): readonly string[] =>
    readSource('m', mail({ body })).flatMap(({ findings }) => findings.problems.map(({ text }) => text));
  t.regex(problems(whole.slice(0, 150))[0] ?? '', /the uuencoded file one\.patch is damaged/);
  t.regex(problems(whole.replace(/^M.{20}/m, 'M'))[0] ?? '', /the uuencoded file one\.patch is damaged/);
  t.deepEqual(problems('We\nbegin 644 times\nwith it.\n'), []);
});

test('a picture in that encoding is left out as any other', (t) => {
  const body = `${patchBody()}\n${uuencode(Buffer.from([137, 80, 78, 71, 13, 10]), 'x.png')}`;
  const [message] = readSource('m', mail({ body }));
  t.deepEqual(message?.findings.problems, []);
});

test('what only its own program opens is a problem with its name', (t) => {
  const problems = (type: string): readonly string[] =>
    readSource(
      'm',
      mail({
        head: 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n',
        body: `--b\nContent-Type: text/plain\n\nSee the patch.\n--b\nContent-Type: ${type}\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n`,
      }),
    ).flatMap(({ findings }) => findings.problems.map(({ text }) => text));
  t.regex(problems('application/ms-tnef; name="winmail.dat"')[0] ?? '', /winmail\.dat was not read: only Outlook/);
  t.regex(problems('application/pkcs7-mime; name="smime.p7m"')[0] ?? '', /smime\.p7m was not read/);
  t.deepEqual(problems('image/png; name="x.png"'), []);
});
