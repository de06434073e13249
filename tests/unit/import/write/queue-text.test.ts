import test from 'ava';
import {
  addSeries,
  collectTrailers,
  coverText,
  type MailMessage,
  patchFileName,
  patchText,
  readSource,
  recover,
  seriesLines,
  seriesText,
} from '../../../../harness/import/index.ts';
import { parseProject } from '../../../../harness/project/index.ts';
import { parseQueue } from '../../../../harness/series/queue.ts';
import { bytes, demoDiff, message } from '../fixture.ts';

const from = 'From ada@example.org Mon Jul  2 10:00:00 2007\n';

function mail(name: string, subject: string, id: string, to: string, body: string): string {
  return `${from}From: ${name} <${name.toLowerCase()}@example.org>\nSubject: ${subject}\nMessage-ID: <${id}>\nIn-Reply-To: <${to}>\n\n${body}\n`;
}

test('file names are made of titles, each once', (t) => {
  const taken = new Set(['demo-a-limit.patch']);
  t.is(patchFileName('demo: a limit', new Set()), 'demo-a-limit.patch');
  t.is(patchFileName('demo: a limit', taken), 'demo-a-limit-2.patch');
  t.is(patchFileName('../../etc/passwd', new Set()), 'etc-passwd.patch');
  t.is(patchFileName('Größe…', new Set()), 'Gro-e.patch');
  t.is(patchFileName('', new Set()), 'patch.patch');
  t.true(patchFileName('x'.repeat(300), new Set()).length < 70);
});

test('trailers of answers go to their patch, those of an answer to the cover letter to all', (t) => {
  const box = [
    mail('Ada', '[PATCH 0/2] things', 'c@x', 'none@x', 'About.'),
    mail('Ada', '[PATCH 1/2] one', 'a@x', 'c@x', `Words.\n\nSigned-off-by: Ada <ada@example.org>\n---\n${demoDiff}`),
    mail('Ada', '[PATCH 2/2] two', 'b@x', 'c@x', `Words.\n---\n${demoDiff}`),
    mail(
      'Bob',
      'Re: [PATCH 1/2] one',
      'r1@x',
      'a@x',
      '> Words.\nReviewed-by: Bob <bob@example.org>\n> Acked-by: Eve <eve@example.org>',
    ),
    mail(
      'Carl',
      'Re: [PATCH 0/2] things',
      'r2@x',
      'c@x',
      'Tested-by: Carl <CARL@example.org>\nAcked-by: Dora <dora@example.org>',
    ),
  ].join('');
  const all = readSource('box', box);
  const patches = all.filter(({ diff }) => diff.length > 0);
  const found = collectTrailers(all, patches, all[0]);
  const given = (index: number): readonly string[] => found.of.get(patches[index] as MailMessage) ?? [];
  t.deepEqual(given(0), ['Reviewed-by: Bob <bob@example.org>', 'Tested-by: Carl <CARL@example.org>']);
  t.deepEqual(given(1), ['Tested-by: Carl <CARL@example.org>']);
  t.deepEqual(
    found.notes.map(({ text }) => text),
    ['"Acked-by: Dora <dora@example.org>" left out: carl@example.org wrote it'],
  );
});

test('a patch is written with its trailers in the last paragraph and the notes below the line', async (t) => {
  const [read] = readSource('mail', message + demoDiff);
  if (read === undefined) return t.fail();
  const text = patchText(
    await recover(read),
    ['Acked-by: Bob <bob@example.org>', 'Signed-off-by: Ada Example <ada@example.org>'],
    [{ line: 3, text: 'Bob: needs wait.h' }],
  );
  t.is(
    text,
    `From: Ada Example <ada@example.org>
Date: Mon, 2 Jul 2007 10:00:00 +0200
Subject: demo: a limit that can be changed

The limit was a number in the code.

Signed-off-by: Ada Example <ada@example.org>
Acked-by: Bob <bob@example.org>
---
Note: Bob: needs wait.h
 include/linux/demo.h |    1 +
 kernel/demo.c        |    5 ++++-
 2 files changed, 5 insertions(+), 1 deletion(-)

${demoDiff}`,
  );
});

test('a text beyond ASCII is written as UTF-8 and says so', (t) => {
  const [read] = readSource('mail', bytes(message.replace('Ada Example', 'Ada "A." Größer')));
  if (read === undefined) return t.fail();
  const text = coverText(read);
  t.true(text.includes('Content-Type: text/plain; charset=UTF-8'));
  t.true(text.startsWith(bytes('From: "Ada \\"A.\\" Größer" <ada@example.org>')));
});

test('the series file lists what is whole; the rest stands in comments', (t) => {
  const text = seriesText(
    'Things',
    [
      { file: 'one.patch', whole: true, index: 1 },
      { file: 'three.patch', whole: false, index: 3 },
      { file: 'four.patch', whole: true, index: 4 },
    ],
    { missing: [2, 5], total: 5, version: 3, baseCommit: 'abcdef0' },
  );
  t.is(
    text,
    `# Things (revision 3)
# base-commit: abcdef0
one.patch
# 2/5 is missing
# three.patch is not whole: complete it, then remove the comment sign
four.patch
# 5/5 is missing
`,
  );
  t.deepEqual(
    parseQueue(text, 'series').map(({ name }) => name),
    ['one.patch', 'four.patch'],
  );
});

const project = `# mine
version: 1
defaults: {series: none, tree: mini, targets: [x86_64]} # all of it
trees:
  # the small one
  mini: {base: "6.1", directory: linux}
`;

test('a series is added to a project file whose comments stay', (t) => {
  const text = addSeries(project, 'q.yaml', { name: 'new', base: '6.1', queue: 'patches/new/6.1' });
  t.is(text, `${project}${seriesLines({ name: 'new', base: '6.1', queue: 'patches/new/6.1' })}`);
  t.is(parseProject(text, '/p/q.yaml').series['new']?.['6.1']?.directory, '/p/patches/new/6.1');
  const more = addSeries(text, 'q.yaml', { name: 'new', base: '2.6.22', queue: 'patches/new/2.6.22' });
  t.deepEqual(Object.keys(parseProject(more, '/p/q.yaml').series['new'] ?? {}).sort(), ['2.6.22', '6.1']);
  const again = addSeries(more, 'q.yaml', { name: 'new', base: '6.1', queue: 'elsewhere' });
  t.is(parseProject(again, '/p/q.yaml').series['new']?.['6.1']?.directory, '/p/elsewhere');
});

test('a base that is written as a number in the project file is not added a second time', (t) => {
  const text = `${project}series: {old: {bases: {6.1: {queue: there}}}}\n`;
  const added = addSeries(text, 'q.yaml', { name: 'old', base: '6.1', queue: 'here' });
  t.is(parseProject(added, '/p/q.yaml').series['old']?.['6.1']?.directory, '/p/here');
});

test('a project file that is no map is refused', (t) => {
  t.throws(() => addSeries('- a\n', 'q.yaml', { name: 'x', base: '1', queue: 'q' }), { message: /map of keys/ });
});
