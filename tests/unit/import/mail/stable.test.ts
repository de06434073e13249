import test from 'ava';
import { assemble } from '../../../../harness/import/index.ts';
import { findStable } from '../../../../harness/import/mail/subject-marks.ts';
import type { UserError } from '../../../../harness/model/index.ts';
import { change, patchBody, read, type Sent } from '../mails.ts';

const series = (mark: string, id: string, threaded = true): Sent[] =>
  [1, 2, 3].map((number) => ({
    subject: `[PATCH ${mark} ${number}/3] net: part ${number}`,
    id: `${id}${number}`,
    ...(threaded && number > 1 ? { to: `${id}1` } : {}),
    body: patchBody(change(`net/${number}.c`, id)),
  }));

const idsOf = (mails: readonly Sent[], pick?: string): (string | undefined)[] =>
  assemble(read(mails), pick === undefined ? {} : { pick }).patches.map(({ messageId }) => messageId);

test('brackets name stable trees in many ways', (t) => {
  const rows: readonly (readonly [string, string])[] = [
    ['PATCH 6.1 1/3', '6.1'],
    ['PATCH 6.1.y 1/3', '6.1'],
    ['PATCH v6.1 1/3', '6.1'],
    ['PATCH linux-5.10.y v2', '5.10'],
    ['PATCH stable-5.10 v2', '5.10'],
    ['PATCH stable 5.10', '5.10'],
    ['PATCH AUTOSEL 6.12 01/10', '6.12'],
    ['PATCH 5.10/5.15 1/3', '5.10 5.15'],
    ['PATCH 4.19-stable', '4.19'],
    ['PATCH 2.6.32.y', '2.6.32'],
    ['PATCH 2.4 1/2', '2.4'],
    ['PATCH 2.6.22 1/2', ''],
    ['PATCH 6.1-rc3 1/2', ''],
    ['PATCH v2.1 1/3', ''],
    ['PATCH v3 1/3', ''],
    ['PATCH net-next 10/12', ''],
  ];
  for (const [text, trees] of rows) t.is(findStable(text).join(' '), trees, text);
});

test('the same patches for two stable trees are two series', (t) => {
  for (const [one, other, threaded] of [
    ['6.1', '5.10', true],
    ['6.1.y', '5.10.y', false],
    ['6.1', 'v2', true],
  ] as const) {
    const mails = [...series(one, 'a', threaded), ...series(other, 'b', threaded)];
    const error = t.throws<UserError>(() => assemble(read(mails)));
    t.regex(error.message, /^the source holds 2 series/);
    t.regex(error.hint ?? '', /"net: part 1" \(3 patches, for 6\.1, <a1@x>\)/);
    t.deepEqual(idsOf(mails, '6.1'), ['a1@x', 'a2@x', 'a3@x']);
    t.deepEqual(idsOf(mails, 'b2@x'), ['b1@x', 'b2@x', 'b3@x']);
  }
});

test('a newer revision for the same tree replaces the older one, however the tree is written', (t) => {
  t.deepEqual(idsOf([...series('6.1', 'a'), ...series('6.1.y v2', 'b')]), ['b1@x', 'b2@x', 'b3@x']);
});

test('a cover letter, or what answers one, need not name the tree', (t) => {
  const cover: Sent = { subject: '[PATCH 0/3] net: parts', id: 'c', body: 'Words.\n' };
  const answer = (sent: Sent): Sent => ({ ...sent, to: 'c' });
  t.is(assemble(read([cover, ...series('6.1', 'a').map(answer)])).cover?.messageId, 'c@x');
  const named = { ...cover, subject: '[PATCH 6.1 0/3] net: parts' };
  const bare = series('', 'a').map(answer);
  const backport = series('5.10', 'b');
  t.deepEqual(idsOf([named, ...bare, ...backport], '6.1.y'), ['a1@x', 'a2@x', 'a3@x']);
});

test('one patch that is sent again without its mark is of the series that it answers', (t) => {
  const again: Sent = {
    subject: '[PATCH v2 2/3] net: part 2',
    id: 'n',
    to: 'a2',
    body: patchBody(change('net/2.c', 'n')),
  };
  t.deepEqual(idsOf([...series('6.1', 'a'), again]), ['a1@x', 'n@x', 'a3@x']);
});

test('patches without numbers for two trees are no queue', (t) => {
  const mails: Sent[] = ['6.1', '5.10'].map((tree) => ({ subject: `[PATCH ${tree}] net: fix`, id: tree }));
  const error = t.throws<UserError>(() => assemble(read(mails)));
  t.regex(error.message, /^the source holds 2 patches for different trees/);
  t.deepEqual(idsOf(mails, '5.10'), ['5.10@x']);
});
