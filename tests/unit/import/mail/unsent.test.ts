import test from 'ava';
import { type Assembly, assemble } from '../../../../harness/import/index.ts';
import { change, patchBody, read, type Sent } from '../mails.ts';

const authors = ['ann', 'ann', 'eve', 'bob', 'ann'];

/** What `git format-patch` writes for commits of several authors. */
const files: readonly Sent[] = authors.map((who, at) => ({
  subject: `[PATCH ${at + 1}/5] t${at}`,
  from: `${who} <${who}@example.org>`,
  body: patchBody(change(`kernel/${at}.c`)),
}));
/** Some titles say which try of a change they are, as titles of commits do. */
const marked = files.map((sent, at) => ({ ...sent, subject: `${sent.subject ?? ''}${at % 2 === 1 ? ' (v3)' : ''}` }));
const orders = [
  [0, 1, 2, 3, 4],
  [4, 0, 2, 1, 3],
];

const take = (mails: readonly Sent[]): Assembly => assemble(read(mails));
const inOrder = (mails: readonly Sent[], order: readonly number[]): Sent[] => order.flatMap((at) => mails[at] ?? []);
const numbersOf = ({ patches }: Assembly): unknown[] => patches.map(({ subject }) => subject.index);

for (const [what, mails] of Object.entries({ 'several authors': files, 'marks in some titles': marked })) {
  test(`what nobody sent yet is one series by its numbers: ${what}`, (t) => {
    for (const order of orders) {
      const found = take(inOrder(mails, order));
      t.deepEqual(numbersOf(found), [1, 2, 3, 4, 5]);
      t.is(found.version, 1);
      t.deepEqual(found.problems, []);
    }
    t.deepEqual(take(mails.filter((_, at) => at !== 2)).missing, [3]);
  });

  test(`a thread without a sender of its own is one series: ${what}`, (t) => {
    const sent = mails.map((one, at) => ({ ...one, id: `p${at}`, ...(at > 0 ? { to: `p${at - 1}` } : {}) }));
    for (const order of orders) {
      const found = take(inOrder(sent, order));
      t.deepEqual(numbersOf(found), [1, 2, 3, 4, 5]);
      t.is(found.version, 1);
    }
  });
}

test('two series of one length that nobody sent yet are two', (t) => {
  const other = files.map((sent) => ({ ...sent, subject: (sent.subject ?? '').replace('t', 'other') }));
  t.throws(() => take([...files, ...other]), { message: /holds 2 series/ });
});
