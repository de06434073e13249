import test from 'ava';
import { demoDiff, demoTree, message, recoverText } from '../fixture.ts';

const prose = 'The limit was a number in the code.\n\nSigned-off-by: Ada Example <ada@example.org>';

function quote(text: string, mark: string): string {
  return text
    .split('\n')
    .map((line) => `${mark}${line === ' ' ? '' : line}`.trimEnd())
    .join('\n');
}

const reply = (quoted: string): string => `[PATCH 2/3] demo: a limit that can be changed

Bob Other bob at example.com
Mon Jul 2 12:00:00 PDT 2007


Quoting ada at example.org (ada at example.org):
${quoted}

More information about the Demo mailing list`;

for (const mark of ['> ', '>', '| ', '> > ']) {
  test(`a patch quoted with "${mark}" comes out as it was, the remark kept as a note`, async (t) => {
    const above = message.slice(message.indexOf('\n\n') + 2);
    const below = demoDiff;
    const cut = above.indexOf('Signed-off-by');
    const text = reply(
      [
        quote(above.slice(0, cut).trimEnd(), mark),
        '',
        'Hi Ada,',
        '',
        'I had to #include <linux/wait.h> to make it',
        'compile here.',
        '',
        'thanks,',
        '-bob',
        '',
        quote(above.slice(cut) + below, mark),
        mark.trimEnd(),
      ].join('\n'),
    );
    const { message: read, patch } = await recoverText(text);
    t.true(patch.whole, JSON.stringify(patch.problems));
    t.is(patch.diff, demoDiff);
    t.is(read.text, prose);
    t.deepEqual(read.author, { name: 'Ada Example', email: 'ada@example.org' });
    t.like(read.subject, { title: 'demo: a limit that can be changed', index: 2, total: 3 });
    t.is(read.findings.notes.length, 1);
    t.is(read.findings.notes[0]?.text, 'Bob Other: I had to #include <linux/wait.h> to make it compile here.');
    t.is(text.split('\n')[(read.findings.notes[0]?.line ?? 0) - 1], 'I had to #include <linux/wait.h> to make it');
    t.regex(read.findings.repairs[0]?.text ?? '', /quote mark/);
  });
}

test('remarks between the lines of a quoted hunk are notes and the hunk stays whole', async (t) => {
  const lines = quote(demoDiff, '> ').split('\n');
  const at = lines.indexOf('> +\t/* Wake those who wait. */');
  lines.splice(at, 0, '', 'Why here?', '');
  const { message: read, patch } = await recoverText(reply(lines.join('\n')));
  t.is(patch.diff, demoDiff);
  t.deepEqual(
    read.findings.notes.map(({ text }) => text),
    ['Bob Other: Why here?'],
  );
});

test('a quoted hunk that the replier cut is refused with its line, the others stay', async (t) => {
  const lines = quote(demoDiff, '> ').split('\n');
  const from = lines.indexOf('> +\tif (seen < demo_limit) {');
  lines.splice(from, 4, '[snip]');
  const text = reply(lines.join('\n'));
  const { patch } = await recoverText(text);
  t.false(patch.whole);
  t.is(patch.problems.length, 1);
  const header = text.split('\n').findIndex((line) => line.startsWith('> @@ -13,10')) + 1;
  t.is(patch.problems[0]?.line, header);
  t.regex(patch.problems[0]?.text ?? '', /announces 10 old and 12 new lines, the source has/);
  t.false(patch.diff.includes('wake_up_process'));
  t.true(patch.diff.includes('+#include <linux/demo.h>'));
});

test('a file that the diffstat lists and the page has not is a problem', async (t) => {
  const [first = ''] = demoDiff.split(/^(?=diff --git a\/kernel)/m);
  const { patch } = await recoverText(
    reply(quote(`${message.slice(message.indexOf('\n\n') + 2)}${first}`, '> ')),
    demoTree(),
  );
  t.false(patch.whole);
  t.regex(patch.problems[0]?.text ?? '', /diffstat lists 2 files, the diff has 1/);
});
