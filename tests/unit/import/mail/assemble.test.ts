import test from 'ava';
import { assemble, readSource } from '../../../../harness/import/index.ts';
import type { UserError } from '../../../../harness/model/index.ts';
import { demoDiff } from '../fixture.ts';

interface Sent {
  readonly subject: string;
  readonly id?: string;
  readonly to?: string;
  readonly body?: string;
}

const separator = 'From ada@example.org Mon Jul  2 10:00:00 2007\n';

/** An mbox; the body is a patch where none is given. */
function mbox(mails: readonly Sent[]): string {
  return mails
    .map(({ subject, id, to, body }) => {
      const ids = `${id === undefined ? '' : `Message-ID: <${id}@x>\n`}${to === undefined ? '' : `In-Reply-To: <${to}@x>\nReferences: <${to}@x>\n`}`;
      const date = 'Date: Mon, 2 Jul 2007 10:00:00 +0200\n';
      return `${separator}From: Ada Example <ada@example.org>\nSubject: ${subject}\n${date}${ids}\n${body ?? `Words.\n---\n${demoDiff}`}\n`;
    })
    .join('');
}

const messages = (mails: readonly Sent[]): ReturnType<typeof readSource> => readSource('box', mbox(mails));
const numbers = (mails: readonly Sent[], options = {}): (number | undefined)[] =>
  assemble(messages(mails), options).patches.map(({ subject }) => subject.index);

const cover = (tag: string, id: string): Sent => ({ subject: `[PATCH ${tag}] A series`, id, body: 'About it.\n' });
const patch = (tag: string, id: string, to: string, title = `part ${tag.replace(/^.*?(\d+)\/.*$/, '$1')}`): Sent => ({
  subject: `[PATCH ${tag}] ${title}`,
  id,
  to,
});

test('patches come in the order of their numbers, with the cover letter beside them', (t) => {
  const found = assemble(
    messages([cover('0/3', 'c'), patch('3/3', 'p3', 'c'), patch('1/3', 'p1', 'c'), patch('2/3', 'p2', 'c')]),
  );
  t.deepEqual(
    found.patches.map(({ subject }) => subject.title),
    ['part 1', 'part 2', 'part 3'],
  );
  t.is(found.cover?.text.trim(), 'About it.');
  t.is(found.title, 'A series');
  t.deepEqual(
    found.repairs.map(({ text }) => text),
    ['patches put into the order of their numbers; the source has 3, 1, 2'],
  );
  t.deepEqual(found.problems, []);
});

test('a missing number is a problem that names it', (t) => {
  const found = assemble(messages([1, 2, 3, 5, 6, 7].map((number) => patch(`${number}/7`, `p${number}`, 'c'))));
  t.deepEqual(found.missing, [4]);
  t.deepEqual(
    found.problems.map(({ text }) => text),
    ['patch 4/7 is missing'],
  );
  t.is(found.patches.length, 6);
});

test('of two revisions the newest is taken unless another is asked for', (t) => {
  const mails = [
    cover('0/2', 'c1'),
    patch('1/2', 'a1', 'c1'),
    patch('2/2', 'a2', 'c1'),
    cover('v2 0/3', 'c2'),
    patch('v2 1/3', 'b1', 'c2'),
    patch('v2 2/3', 'b2', 'c2'),
    patch('v2 3/3', 'b3', 'c2'),
  ];
  const found = assemble(messages(mails));
  t.deepEqual([found.version, found.patches.map(({ messageId }) => messageId)], [2, ['b1@x', 'b2@x', 'b3@x']]);
  t.regex(found.notes[0]?.text ?? '', /3 messages of revision 1 left out/);
  t.is(assemble(messages(mails), { revision: 1 }).patches.length, 2);
  const error = t.throws<UserError>(() => assemble(messages(mails), { revision: 3 }));
  t.regex(error.message, /no revision 3/);
  t.is(error.hint, 'it has: 2, 1');
});

test('revisions told by the title alone are told apart, and their mails may be mixed', (t) => {
  const title = (version: number, number: number): Sent => ({
    subject: `[PATCH 0${number}/2] Things(V${version}): part ${number}`,
  });
  const mails = [title(10, 1), title(11, 2), title(11, 1), title(10, 2)];
  const found = assemble(messages(mails));
  t.is(found.version, 11);
  t.deepEqual(
    found.patches.map(({ subject }) => subject.title),
    ['Things(V11): part 1', 'Things(V11): part 2'],
  );
});

test('a newer revision of which one patch is lost names it, and where an older one is', (t) => {
  const found = assemble(messages([patch('1/2', 'a1', 'c'), patch('2/2', 'a2', 'c'), patch('v2 2/2', 'b2', 'd')]));
  t.is(found.version, 2);
  t.regex(found.problems[0]?.text ?? '', /patch 1\/2 is missing; revision 1 has one \(box:\d+\)/);
});

test('a patch that was sent again replaces the first one', (t) => {
  const found = assemble(messages([patch('1/2', 'a', 'c'), patch('2/2', 'b', 'c'), patch('1/2', 'again', 'c')]));
  t.deepEqual(
    found.patches.map(({ messageId }) => messageId),
    ['again@x', 'b@x'],
  );
  t.regex(found.notes[0]?.text ?? '', /1\/2 appears twice/);
});

test('a cover letter without patches is a mistake that names its line', (t) => {
  const error = t.throws<UserError>(() => assemble(messages([cover('0/7', 'c')])));
  t.regex(error.message, /only the cover letter of "A series" is there, none of its 7 patches/);
  t.deepEqual(error.location, { file: 'box', line: 2 });
});

test('a source without any patch is a mistake', (t) => {
  const error = t.throws<UserError>(() => assemble(messages([{ subject: 'hello', body: 'no patch\n' }])));
  t.regex(error.message, /there is no patch in box/);
});

test('two series are not mixed: one must be picked, by title or by message id', (t) => {
  const mails = [
    cover('0/1', 'c1'),
    patch('1/1', 'a', 'c1', 'apples'),
    { subject: '[PATCH 0/2] Pears and more', id: 'c2', body: 'x\n' },
    patch('1/2', 'b1', 'c2', 'pears'),
    patch('2/2', 'b2', 'c2', 'more'),
    { subject: 'Re: [PATCH 1/1] apples', id: 'r', to: 'a', body: 'fine\n' },
  ];
  const error = t.throws<UserError>(() => assemble(messages(mails)));
  t.regex(error.message, /holds 2 series/);
  t.regex(error.hint ?? '', /"A series" \(1 patch\)\n {2}"Pears and more" \(2 patches\)/);
  t.deepEqual(numbers(mails, { pick: 'PEARS' }), [1, 2]);
  t.deepEqual(numbers(mails, { pick: 'a@x' }), [1]);
  t.deepEqual(numbers(mails, { pick: '<r@x>' }), [1]);
  t.throws(() => numbers(mails, { pick: 'plums' }), { message: /no series in the source has "plums"/ });
});

test('answers that hold a diff are no patches of the series', (t) => {
  const mails = [patch('1/1', 'a', 'c'), { subject: 'Re: [PATCH 1/1] part 1', id: 'r', to: 'a' }];
  const found = assemble(messages(mails));
  t.is(found.patches.length, 1);
  t.regex(found.notes[0]?.text ?? '', /the answer "part 1" left out/);
});

test('patches without numbers keep their order, the newest revision of each', (t) => {
  const found = assemble(
    messages([
      { subject: '[PATCH] one', id: 'a' },
      { subject: '[PATCH] two', id: 'b' },
      { subject: '[PATCH v2] one', id: 'c' },
    ]),
  );
  t.deepEqual(
    found.patches.map(({ messageId }) => messageId),
    ['b@x', 'c@x'],
  );
});

test('one patch of many, brought alone, is a note', (t) => {
  const found = assemble(messages([patch('7/10', 'a', 'c')]));
  t.deepEqual(found.problems, []);
  t.deepEqual(found.missing, []);
  t.deepEqual(
    found.notes.map(({ text }) => text),
    ['this is one patch of 10: 7/10'],
  );
});

test('the base commit comes from the cover letter or a patch', (t) => {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const end = `\nbase-commit: ${commit}\n-- \n2.39\n`;
  t.is(assemble(messages([{ ...cover('0/1', 'c'), body: `About.${end}` }, patch('1/1', 'a', 'c')])).baseCommit, commit);
  t.is(assemble(messages([{ ...patch('1/1', 'a', 'c'), body: `Words.\n---\n${demoDiff}${end}` }])).baseCommit, commit);
});

test('a subject that counts to a million does not cost memory', (t) => {
  const found = assemble(messages([patch('1/99999999', 'a', 'c'), patch('2/99999999', 'b', 'c')]));
  t.true(found.problems.length <= 21);
});

test('an answer without "Re:" is no patch that lost its diff', (t) => {
  const answer = { ...patch('1/1', 'r', 'p', 'part 1'), body: 'Reviewed-by: Bob <bob@example.org>\n' };
  const found = assemble(messages([patch('1/1', 'p', 'c', 'part 1'), answer]));
  t.deepEqual([found.patches.length, found.problems, found.notes], [1, [], []]);
});

test('a cover letter that nobody wrote gives no title', (t) => {
  const mails = [{ ...cover('0/1', 'c'), subject: '[PATCH 0/1] *** SUBJECT HERE ***' }, patch('1/1', 'p', 'c')];
  t.is(assemble(messages(mails)).title, 'part 1');
  const error = t.throws<UserError>(() => assemble(messages(mails), { revision: 9 }));
  t.is(error.message, 'there is no revision 9 of "part 1" in the source');
});

test('an answer with a diff of its own, whose quoted patch is nowhere, is a problem', (t) => {
  const quoted = demoDiff.trimEnd().replace(/^/gm, '> ');
  const answer = {
    ...patch('1/1', 'r', 'gone'),
    subject: 'Re: [PATCH] part 1',
    body: `${quoted}\n\nFold:\n\n${demoDiff}`,
  };
  const found = assemble(messages([answer]));
  t.regex(found.problems[0]?.text ?? '', /^the answer "part 1" quotes a patch, which is not in the queue/);
  const whole = assemble(messages([patch('1/1', 'p', 'c', 'part 1'), answer]));
  t.deepEqual(whole.problems, []);
});
