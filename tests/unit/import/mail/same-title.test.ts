import test from 'ava';
import { assemble, readSource } from '../../../../harness/import/index.ts';

const diff = (file: string, now: string): string =>
  `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1,2 +1,2 @@\n-old\n+${now}\n kept\n`;
const renamed = (from: string, to: string): string =>
  `diff --git a/${from} b/${to}\nsimilarity index 100%\nrename from ${from}\nrename to ${to}\n`;
const removed = (file: string): string =>
  `diff --git a/${file} b/${file}\ndeleted file mode 100644\n--- a/${file}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n`;

interface Sent {
  readonly body: string;
  readonly id: string;
  readonly tag?: string;
}

const mbox = (mails: readonly Sent[]): string =>
  mails
    .map(
      ({ body, id, tag = 'PATCH' }) =>
        `From ada@example.org Mon Jul  2 10:00:00 2007\nFrom: Ada <ada@example.org>\nSubject: [${tag}] Update from repo\nDate: Mon, 2 Jul 2007 10:00:00 +0200\nMessage-ID: <${id}@x>\n\nWords.\n---\n${body}\n`,
    )
    .join('');

const taken = (...mails: readonly Sent[]): readonly string[] =>
  assemble(readSource('box', mbox(mails))).patches.map(({ messageId }) => messageId ?? '');

for (const [what, one, other] of [
  ['other lines of one file', diff('a.c', 'one'), diff('a.c', 'two')],
  ['other files that are renamed', renamed('a.c', 'b.c'), renamed('c.c', 'd.c')],
  ['other files that are removed', removed('a.c'), removed('b.c')],
] as const) {
  test(`two patches of one title that change ${what} are two`, (t) => {
    t.deepEqual(taken({ body: one, id: '1' }, { body: other, id: '2' }), ['1@x', '2@x']);
    t.is(taken({ body: one, id: '1' }, { body: other, id: '1' }).length, 2, 'under one id');
  });
}

test('a patch that was sent again as it was is one; a newer revision is taken', (t) => {
  const [one, two] = [diff('a.c', 'one'), diff('a.c', 'two')];
  t.deepEqual(taken({ body: one, id: '1' }, { body: one, id: '2' }), ['2@x']);
  t.deepEqual(taken({ body: one, id: '1' }, { body: two, id: '2', tag: 'PATCH v2' }), ['2@x']);
  t.deepEqual(taken({ body: one, id: '1' }, { body: two, id: '1', tag: 'PATCH v2' }), ['1@x']);
});
