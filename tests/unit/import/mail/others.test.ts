import test from 'ava';
import { type Assembly, assemble } from '../../../../harness/import/index.ts';
import { change, patchBody, read, type Sent } from '../mails.ts';

const bob = 'Bob Other <bob@example.org>';

const patch = (mark: string, id: string, more: Partial<Sent> = {}): Sent => {
  const number = mark.includes('1/2') ? 1 : 2;
  return {
    subject: `[PATCH ${mark}] net: part ${number}`,
    id,
    body: patchBody(change(`net/${number}.c`, id)),
    ...more,
  };
};
const series: readonly Sent[] = [patch('1/2', 'a1'), patch('2/2', 'a2', { to: 'a1' })];
const take = (more: readonly Sent[], options = {}): Assembly => assemble(read([...series, ...more]), options);
const ids = ({ patches }: Assembly): (string | undefined)[] => patches.map(({ messageId }) => messageId);
const texts = (list: Assembly['notes']): string[] => list.map(({ text }) => text);

test('a single patch of somebody else replaces none of the series, and is a problem', (t) => {
  for (const [mark, name, to] of [
    ['v2 2/2', 'v2 2/2 ', 'a2'],
    ['v2 2/2', 'v2 2/2 ', 'a1'],
    ['2/2', '2/2 ', 'a2'],
    ['v2', '', 'a2'],
  ] as const) {
    const found = take([patch(mark, 'b2', { to, from: bob })]);
    t.deepEqual(ids(found), ['a1@x', 'a2@x'], mark);
    const choice = mark.startsWith('v2') ? 'take it with --revision 2' : 'import it by itself';
    t.deepEqual(texts(found.problems), [
      `${name}"net: part 2" is left out: ${bob} sent it, not Ann Author <ann@example.org>, whose series it is; ${choice}`,
    ]);
  }
});

test('it is taken where its revision is asked for, with a note of who sent it', (t) => {
  const found = take([patch('v2 2/2', 'b2', { to: 'a2', from: bob })], { revision: 2 });
  t.deepEqual(ids(found), ['a1@x', 'b2@x']);
  t.deepEqual(texts(found.notes), [`revision 2, by ${bob}, has only 2/2; 1/2 is of revision 1`]);
  t.deepEqual(found.problems, []);
});

test('another address of the author, or a mail that names the author in its text, is the same person', (t) => {
  for (const more of [
    { from: 'Ann Author <ann@work.example.com>' },
    { from: bob, body: `From: Ann Author <ann@example.org>\n\n${patchBody(change('net/2.c', 'b'))}` },
  ]) {
    const found = take([patch('v2 2/2', 'b2', { to: 'a2', ...more })]);
    t.deepEqual([ids(found), found.problems], [['a1@x', 'b2@x'], []]);
  }
});

test('a whole series that somebody else takes over is the newest revision, and named so', (t) => {
  const found = take([patch('v2 1/2', 'b1', { from: bob }), patch('v2 2/2', 'b2', { to: 'b1', from: bob })]);
  t.deepEqual(ids(found), ['b1@x', 'b2@x']);
  t.deepEqual(texts(found.notes), [
    `2 messages of revision 1, by Ann Author <ann@example.org>, left out, revision 2, by ${bob}, is taken`,
  ]);
});

test('a patch that its author sends again without a thread, days later, replaces the older one', (t) => {
  const found = take([patch('RESEND 2/2', 'n2', { date: 'Mon, 8 Jan 2024 10:00:00 +0000' })]);
  t.deepEqual(ids(found), ['a1@x', 'n2@x']);
  t.regex(texts(found.notes).join('\n'), /^2\/2 appears twice; the one of box:\d+ is taken$/m);
  t.deepEqual(found.problems, []);
});

test('a newer revision of a single patch by somebody else is named', (t) => {
  const found = assemble(
    read([
      { subject: '[PATCH] net: one', id: 'a' },
      { subject: '[PATCH v2] net: one', id: 'b', from: bob, body: patchBody(change('net/1.c', 'b')) },
    ]),
  );
  t.deepEqual(ids(found), ['b@x']);
  t.regex(texts(found.notes).join('\n'), /revision 2 \(box:\d+, by Bob Other <bob@example\.org>\) is taken/);
});
