import test from 'ava';
import { assemble, collectTrailers, type MailMessage, readSource, recover } from '../../../../harness/import/index.ts';
import { bytes } from '../fixture.ts';
import { change } from '../mails.ts';

interface Shown {
  readonly subject: string;
  readonly name: string;
  readonly time: string;
  readonly id: string;
  readonly body: string;
}

const patchText = (diff: string, name = 'Ann Author'): string =>
  `Words about it.\n\nSigned-off-by: ${name} <ann@example.org>\n---\n x | 1 +\n 1 file changed, 1 insertion(+)\n\n${diff}-- \n2.39.5\n`;

const quoteOf = (diff: string): string =>
  `On Mon, 1 Jan 2024, Ann Author wrote:\n${diff.replace(/^/gm, '> ').replace(/> $/, '')}\nLooks fine.\n\nReviewed-by: Bob Reader <bob@example.org>\n`;

const thread: readonly Shown[] = [
  { subject: '[PATCH 0/2] net: two', name: 'Ann Author', time: ' 7:22', id: 'c@x.org', body: 'About both.\n' },
  { subject: '[PATCH 1/2] net: first', name: 'Ann Author', time: ' 7:23', id: 'p1@x.org', body: patchText(change()) },
  {
    subject: 'Re: [PATCH 1/2] net: first',
    name: 'Bob Reader',
    time: '11:00',
    id: 'r1@y.org',
    body: quoteOf(change()),
  },
  {
    subject: '[PATCH 2/2] net: second',
    name: 'Ann Author',
    time: ' 7:24',
    id: 'p2@x.org',
    body: patchText(change('net/b.c', 'other')),
  },
];

const escape = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** The page of a thread as the archive shows it. */
function page(posts: readonly Shown[]): string {
  const all = posts.length;
  const shown = posts.map(
    ({ subject, name, time, id, body }) => `<pre
id=m${id.length}><a
href=#r1>*</a> <b>${escape(subject)}</b>
<b>@ 2024-05-01 ${time} ${name}</b>
  2024-05-01  7:23 \` <a
href="#m1">[PATCH 1/2] net: first</a> Ann Author
  <a
href=#r1>0 siblings, 2 replies; ${all}+ messages in thread</a>
From: ${name} @ 2024-05-01 ${time} UTC (<a
href="../${id}/">permalink</a> / <a
href="../${id}/raw">raw</a>)
  To: linux-kernel; <b>+Cc:</b> Bob Reader

${escape(body)}
<a
href=#m1>^</a> <a
href="../${id}/">permalink</a> <a
href="../${id}/raw">raw</a> <a
href="../${id}/#R">reply</a>	[<a
href="../${id}/T/#u"><b>flat</b></a>|<a
href="../${id}/t/#u">nested</a>] <a
href=#r1>${all}+ messages in thread</a>
</pre>`,
  );
  return `<html><head><title>net: two</title></head><body><form action="../../"><pre>archive</pre></form>${shown.join('')}<pre>end of thread, other threads:[<a href="../">~2024</a>]</pre></body></html>\n`;
}

/** The same, copied out of a browser. */
const copied = (posts: readonly Shown[]): string =>
  posts
    .map(
      ({ subject, name, time, body }) =>
        `* ${subject}\n@ 2024-05-01 ${time} ${name}\n  0 siblings, 1 reply; 4+ messages in thread\nFrom: ${name} @ 2024-05-01 ${time} UTC (permalink / raw)\n  To: linux-kernel; +Cc: Bob Reader\n\n${body}\n^ permalink raw reply\t[flat|nested] 4+ messages in thread\n`,
    )
    .join('');

const read = (text: string): MailMessage[] => readSource('page.html', bytes(text));

for (const [what, render] of Object.entries({ 'as HTML': page, 'as text': copied })) {
  test(`the page of a thread is split into its mails, ${what}`, async (t) => {
    const assembly = assemble(read(render(thread)));
    t.is(assembly.title, 'net: two');
    t.deepEqual(
      assembly.patches.map(({ subject, author, date }) => [subject.title, author?.email, date]),
      [
        ['net: first', 'ann@example.org', '2024-05-01 07:23:00 +0000'],
        ['net: second', 'ann@example.org', '2024-05-01 07:24:00 +0000'],
      ],
    );
    t.deepEqual(assembly.problems, []);
    const [first, second] = await Promise.all(assembly.patches.map((message) => recover(message)));
    t.is(first?.diff, change());
    t.is(second?.diff, change('net/b.c', 'other'));
    t.true(first?.whole && second?.whole);
  });
}

test('a review on the page of a thread gives its trailer to the patch that it answers', (t) => {
  const messages = read(page(thread));
  const { patches, cover } = assemble(messages);
  const { of } = collectTrailers(messages, patches, cover);
  t.deepEqual(
    patches.map((patch) => of.get(patch) ?? []),
    [['Reviewed-by: Bob Reader <bob@example.org>'], []],
  );
});

test('a patch that a page shows only as a quotation is one', (t) => {
  const [one, , quoted] = thread;
  const posts = [one, quoted].filter((post) => post !== undefined);
  const { patches } = assemble(read(page(posts)));
  t.is(patches.length, 1);
});

test('an answer that quotes a patch under the title of its own patch does not displace it', (t) => {
  const posts = thread.map((post) => ({ ...post, subject: post.subject.replace(/^Re: /, '') }));
  const { patches } = assemble(read(page(posts)));
  t.deepEqual(
    patches.map(({ messageId }) => messageId),
    ['p1@x.org', 'p2@x.org'],
  );
});
