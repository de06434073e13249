import test from 'ava';
import { assemble } from '../../../../harness/import/index.ts';
import { base64, change, patchBody, read, type Sent } from '../mails.ts';

const eve = 'Eve Example <eve@example.org>';

const patch = (subject: string, sent: Sent = {}): Sent => ({
  subject: `[PATCH${subject}`,
  body: patchBody(change('kernel/a.c', sent.id ?? 'x')),
  ...sent,
});
const cover = (subject: string, sent: Sent = {}): Sent => ({
  subject: `[PATCH${subject}`,
  body: 'About it.\n',
  ...sent,
});

function take(
  mails: readonly Sent[],
  options = {},
): ReturnType<typeof assemble> & { readonly ids: readonly (string | undefined)[] } {
  const found = assemble(read(mails), options);
  return { ...found, ids: found.patches.map(({ messageId }) => messageId?.replace('@x', '')) };
}

const threads: Readonly<Record<string, readonly Sent[]>> = {
  'a chain of answers': [
    cover(' 0/3] all', { id: 'c' }),
    patch(' 1/3] one', { id: 'p1', to: 'c' }),
    patch(' 2/3] two', { id: 'p2', to: 'p1' }),
    patch(' 3/3] three', { id: 'p3', to: 'p2' }),
  ],
  'references to the one before alone': [
    cover(' 0/3] all', { id: 'c' }),
    patch(' 1/3] one', { id: 'p1', to: 'c', references: ['c'] }),
    patch(' 2/3] two', { id: 'p2', to: 'c', references: ['p1'] }),
    patch(' 3/3] three', { id: 'p3', to: 'c', references: ['p2'] }),
  ],
  'a first mail that is not there': [
    patch(' 1/3] one', { id: 'p1', to: 'gone' }),
    patch(' 2/3] two', { id: 'p2', to: 'gone' }),
    patch(' 3/3] three', { id: 'p3', to: 'gone' }),
  ],
  'no threading at all': [
    cover(' 0/3] all', { id: 'c' }),
    patch(' 1/3] one', { id: 'p1' }),
    patch(' 2/3] two', { id: 'p2' }),
    patch(' 3/3] three', { id: 'p3' }),
  ],
  'two roots': [
    cover(' 0/3] all', { id: 'c' }),
    patch(' 1/3] one', { id: 'p1', to: 'c' }),
    patch(' 2/3] two', { id: 'p2', to: 'other' }),
    patch(' 3/3] three', { id: 'p3', to: 'p2' }),
  ],
  'two copies of each mail': ['p1', 'p1', 'p2', 'p2', 'p3', 'p3'].map((id) =>
    patch(` ${id.slice(1)}/3] t${id}`, { id, to: 'c' }),
  ),
};
for (const [what, mails] of Object.entries(threads)) {
  test(`one series is found with ${what}`, (t) => {
    const found = take(mails);
    t.deepEqual(found.ids, ['p1', 'p2', 'p3']);
    t.deepEqual(found.problems, []);
  });
}

test('two series of one length by two authors in one thread are two', (t) => {
  const mails = [
    cover(' 0/2] one way', { id: 'c' }),
    patch(' 1/2] first', { id: 'a1', to: 'c' }),
    patch(' 2/2] second', { id: 'a2', to: 'c' }),
    patch(' 1/2] other first', { id: 'e1', to: 'c', from: eve }),
    patch(' 2/2] other second', { id: 'e2', to: 'e1', from: eve }),
  ];
  t.throws(() => take(mails), { message: /holds 2 series/ });
  t.deepEqual(take(mails, { pick: 'one way' }).ids, ['a1', 'a2']);
  t.deepEqual(take(mails, { pick: 'e2@x' }).ids, ['e1', 'e2']);
});

test('two series of one author and one length on one day, without threads, are not mixed', (t) => {
  const mails = [
    patch(' 1/2] apples: one', { id: 'a1' }),
    patch(' 2/2] apples: two', { id: 'a2' }),
    patch(' 1/2] pears: one', { id: 'b1' }),
    patch(' 2/2] pears: two', { id: 'b2' }),
  ];
  t.deepEqual(take(mails, { pick: 'pears: two' }).ids, ['b1', 'b2']);
});

test('several that are missing are named in one sentence', (t) => {
  const mails = [1, 3, 5].map((number) => patch(` ${number}/5] t${number}`, { id: `p${number}`, to: 'c' }));
  const found = take(mails);
  t.deepEqual(
    found.problems.map(({ text }) => text),
    ['patches 2/5 and 4/5 are missing'],
  );
  t.deepEqual(found.missing, [2, 4]);
});

test('the revision of the cover letter holds for its patches', (t) => {
  const mails = [
    cover(' v5 0/2] all', { id: 'c' }),
    patch(' 1/2] one', { id: 'p1', to: 'c' }),
    patch(' 2/2] two', { id: 'p2', to: 'p1' }),
  ];
  const found = take(mails);
  t.deepEqual([found.version, found.ids, found.problems], [5, ['p1', 'p2'], []]);
});

test('a second revision told by its cover letter alone leaves the first one out', (t) => {
  const mails = [
    cover(' 0/2] all', { id: 'c' }),
    patch(' 1/2] one', { id: 'p1', to: 'c' }),
    patch(' 2/2] two', { id: 'p2', to: 'c' }),
    cover(' v2 0/2] all', { id: 'd', to: 'c' }),
    patch(' 1/2] one', { id: 'q1', to: 'd', references: ['c', 'd'] }),
    patch(' 2/2] two', { id: 'q2', to: 'd', references: ['c', 'd'] }),
  ];
  t.deepEqual(take(mails).ids, ['q1', 'q2']);
  t.deepEqual(take(mails, { revision: 1 }).ids, ['p1', 'p2']);
});

test('a mark in one title is a part of it, in all titles it is the revision', (t) => {
  const some = [
    patch(' 1/3] one', { id: 'p1', to: 'c' }),
    patch(' 2/3] two (v2)', { id: 'p2', to: 'c' }),
    patch(' 3/3] three', { id: 'p3', to: 'c' }),
  ];
  t.deepEqual([take(some).version, take(some).ids], [1, ['p1', 'p2', 'p3']]);
  const all = some.map((sent) => ({ ...sent, subject: `${(sent.subject ?? '').replace(' (v2)', '')} [ver #2]` }));
  t.deepEqual([take(all).version, take(all).ids], [2, ['p1', 'p2', 'p3']]);
});

const first = [1, 2, 3, 4].map((number) => patch(` v3 ${number}/4] t${number}`, { id: `p${number}`, to: 'c' }));
const rerolls: Readonly<Record<string, Sent>> = {
  'in answer to it': patch(' v4 2/4] t2', { id: 'q', to: 'p2', references: ['c', 'p2'] }),
  'in answer to the cover letter': patch(' v4 2/4] t2', { id: 'q', to: 'c' }),
  'after a review': patch(' v4 2/4] t2', { id: 'q', to: 'r', references: ['c', 'p2', 'r'] }),
  'without its number': patch(' v4] t2', { id: 'q', to: 'p2', references: ['c', 'p2'] }),
};
for (const [what, reroll] of Object.entries(rerolls)) {
  test(`one patch that is sent again ${what} replaces that one`, (t) => {
    const found = take([...first, reroll]);
    t.deepEqual([found.version, found.ids, found.problems], [4, ['p1', 'q', 'p3', 'p4'], []]);
    t.true(found.notes.some(({ text }) => text === 'revision 4 has only 2/4; 1/4, 3/4 and 4/4 are of revision 3'));
    t.deepEqual(take([...first, reroll], { revision: 3 }).ids, ['p1', 'p2', 'p3', 'p4']);
  });
}

test('two rerolls of one patch: the newest counts', (t) => {
  const mails = [...first, patch(' v4 2/4] t2', { id: 'q', to: 'p2' }), patch(' v5 2/4] t2', { id: 'r', to: 'q' })];
  t.deepEqual(take(mails).ids, ['p1', 'r', 'p3', 'p4']);
});

test('a newer revision under a new title is found by the thread, by b4 by its change', (t) => {
  const older = patch('] ignore it', { id: 'a' });
  t.deepEqual(take([older, patch(' v2] refuse it', { id: 'b', to: 'a' })]).ids, ['b']);
  const tail = '\n---\nchange-id: 20240101-refuse-123456789abc\n';
  const body = (word: string): string => patchBody(change('kernel/a.c', word), { tail });
  const named = [
    patch('] ignore it', { id: 'a', body: body('a') }),
    patch(' v2] refuse it', { id: 'b', body: body('b') }),
  ];
  const found = take(named);
  t.deepEqual(found.ids, ['b']);
  t.regex(found.notes[0]?.text ?? '', /"ignore it", left out: revision 2/);
});

test('two patches of one title that change different files are two patches', (t) => {
  const mails = [
    patch('] fix it', { id: 'a', body: patchBody(change('kernel/a.c')) }),
    patch('] fix it', { id: 'b', body: patchBody(change('kernel/b.c')) }),
  ];
  t.deepEqual(take(mails).ids, ['a', 'b']);
});

const attachment = (subject: string, file = 'kernel/b.c'): string =>
  `--B\nContent-Type: text/x-patch; name="0001-x.patch"\nContent-Disposition: attachment; filename="0001-x.patch"\nContent-Transfer-Encoding: base64\n\n${base64(`From ${'0123456789'.repeat(4)} Mon Sep 17 00:00:00 2001\nFrom: Eve Example <eve@example.org>\nSubject: ${subject}\n\n${patchBody(change(file))}`)}`;
const mixed = (text: string, ...attached: readonly string[]): Pick<Sent, 'head' | 'body'> => ({
  head: 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n',
  body: `--B\nContent-Type: text/plain; charset=UTF-8\n\n${text}\n${attached.join('')}--B--\n`,
});

for (const [what, answer] of Object.entries({
  attached: mixed('I would do this.', attachment('[PATCH 5/5] net: five')),
  'after scissors': { body: `I would do this.\n\n-- >8 --\nSubject: [PATCH] other\n\n${patchBody()}` },
  'in its text': { body: `Like this:\n\n${change('kernel/b.c')}` },
})) {
  test(`a patch ${what} in an answer is a note, the series stays`, (t) => {
    const mails = [patch('] one', { id: 'a' }), { subject: 'Re: [PATCH] one', id: 'r', to: 'a', from: eve, ...answer }];
    const found = take(mails);
    t.deepEqual([found.ids, found.problems], [['a'], []]);
    t.regex(found.notes.map(({ text }) => text).join(), /the answer .* left out/);
    const picked = take(mails, { pick: 'r@x' });
    t.is(picked.patches.length, 1);
    t.not(picked.ids[0], 'a');
  });
}

test('a forward does not displace what it forwards, and is taken where there is nothing else', (t) => {
  const forward: Sent = { subject: 'Fwd: [PATCH] one', id: 'f', to: 'a', from: eve };
  t.deepEqual(take([patch('] one', { id: 'a' }), forward]).ids, ['a']);
  t.deepEqual(take([forward]).ids, ['f']);
});

test('a lost patch is taken from who passed it on', (t) => {
  const mails = [
    patch(' 1/2] one', { id: 'p1', to: 'c' }),
    patch('', { subject: 'Fwd: [PATCH 2/2] two', id: 'f', to: 'c', from: eve }),
  ];
  const found = take(mails);
  t.deepEqual([found.ids, found.problems], [['p1', 'f'], []]);
  t.regex(found.notes[0]?.text ?? '', /2\/2 was found only in a forwarded copy/);
});

test('a patch in the text and the same one attached are one patch', (t) => {
  const text = patchBody(change('kernel/b.c'), { tail: '' });
  const found = take([{ subject: '[PATCH] one', id: 'a', ...mixed(text, attachment('[PATCH] one thing')) }]);
  t.is(found.patches.length, 1);
  t.is(found.patches[0]?.subject.title, 'one');
});

test('a patch that is damaged in the text is taken from its attachment', (t) => {
  const text = patchBody(change('kernel/b.c'), { tail: '' }).replace('\tint three;', '\tint\nthree;');
  const found = take([{ subject: '[PATCH] one', id: 'a', ...mixed(text, attachment('[PATCH] one thing')) }]);
  t.is(found.patches.length, 1);
  t.regex(JSON.stringify(found.patches[0]?.diff), /tint three;/);
});

test('an attached patch has the number and the id of its mail', (t) => {
  const mails = [1, 2].map((number) => ({
    subject: `[PATCH ${number}/2] t${number}`,
    id: `p${number}`,
    to: 'c',
    ...mixed('See attached.', attachment('[PATCH] x', `kernel/${number}.c`)),
  }));
  t.deepEqual(take(mails).ids, ['p1', 'p2']);
  t.deepEqual(take(mails, { pick: 'p2@x' }).ids, ['p1', 'p2']);
});

test('a patch beside the series is a problem unless one is picked', (t) => {
  const mails = [
    patch(' 1/2] one', { id: 'p1', to: 'c' }),
    patch(' 2/2] two', { id: 'p2', to: 'c' }),
    patch('] stranger', { id: 's', from: eve }),
  ];
  const found = take(mails);
  t.deepEqual(found.ids, ['p1', 'p2']);
  t.regex(found.problems[0]?.text ?? '', /the patch "stranger" is not part of the series and not in the queue/);
  t.deepEqual(take(mails, { pick: 'p1@x' }).problems, []);
  t.deepEqual(take(mails, { pick: 'stranger' }).ids, ['s']);
});

test('five thousand patches are put together in time that grows with their number', (t) => {
  const mails = (count: number): ReturnType<typeof read> =>
    read(
      Array.from({ length: count }, (_, index) => ({
        subject: `[PATCH ${index + 1}/${count}] t${index}`,
        id: `p${index}`,
        to: index === 0 ? 'c' : `p${index - 1}`,
      })),
    );
  const few = mails(500);
  const many = mails(5000);
  const seconds = (all: typeof few): number => {
    const start = process.cpuUsage();
    t.is(assemble(all).patches.length, all.length);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  seconds(few);
  t.true(seconds(many) < Math.max(1, 60 * seconds(few)));
});
