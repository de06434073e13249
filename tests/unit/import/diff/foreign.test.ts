import test from 'ava';
import { assemble, assembleInOrder, readSource } from '../../../../harness/import/index.ts';
import { bytes } from '../fixture.ts';
import { change, mail, onlyPatch, patchBody, read } from '../mails.ts';

const context = `*** a/kernel/a.c	2024-01-01
--- b/kernel/a.c	2024-01-02
***************
*** 10,12 ****
  	int one;
! 	int two;
  	int three;
--- 10,12 ----
  	int one;
! 	int four;
  	int three;
`;

const forms: Readonly<Record<string, readonly [diff: string, told: RegExp]>> = {
  'a context diff': [context, /^a context diff .* is not read: ask for a unified diff/],
  'a hunk of a context diff': [context.split('\n').slice(2).join('\n'), /^a context diff/],
  'a normal diff': ['12c12\n< \tint two;\n---\n> \tint four;\n', /^a normal diff/],
  'a normal diff that adds': ['Index: kernel/a.c\n12a13,14\n> \tint two;\n> \tint four;\n', /^a normal diff/],
  'a normal diff that removes': ['diff a/kernel/a.c b/kernel/a.c\n12,13d11\n< \tint two;\n< x\n', /^a normal diff/],
  'an ed script': ['12c\n\tint four;\n.\n3d\nw\n', /^an ed script .* is not read/],
  'a patch of darcs': ['hunk ./kernel/a.c 12\n-\tint two;\n+\tint four;\n', /^a patch of darcs/],
};

for (const [what, [diff, told]] of Object.entries(forms)) {
  test(`${what} is refused by name and place, as a file, as a mail and beside other patches`, (t) => {
    for (const text of [`Words.\n\n${diff}`, mail({ body: `Words.\n---\n${diff}` })]) {
      const messages = readSource('x', bytes(text));
      const [problem] = messages.flatMap(({ findings }) => findings.problems);
      t.regex(problem?.text ?? '', told);
      t.regex(text.split('\n')[(problem?.line ?? 0) - 1] ?? '', /^(?:\*\*\* a|\*{10}|\d+(?:,\d+)?[acd](?:\d|$)|hunk)/);
      const error = t.throws(() => assemble(messages), { message: /there is no patch in x: a/ });
      t.truthy(error);
    }
    const box = read([{ id: '1' }, { id: '2', subject: '[PATCH] kernel: two', body: `Words.\n\n${diff}` }]);
    t.true(assemble(box).problems.some(({ text }) => told.test(text)));
    t.true(assembleInOrder({ messages: box }).problems.some(({ text }) => told.test(text)));
  });
}

test('another form of diff after a unified one is a problem of that patch', async (t) => {
  const patch = await onlyPatch(mail({ body: patchBody(change() + context) }));
  t.is(patch.diff, change());
  t.true(patch.problems.some(({ text }) => text.startsWith('a context diff')));
});

test('the output of diff in a description is description', async (t) => {
  const text = 'It prints:\n\n1c1\n< old\n---\n> new';
  const patch = await onlyPatch(mail({ body: patchBody(change(), { text }) }));
  t.deepEqual(patch.problems, []);
  t.is(patch.diff, change());
});

test('a mail that is named a patch and holds no diff is told', (t) => {
  const told = (subject: string): readonly string[] =>
    assemble(read([{ id: '1' }, { id: '2', subject, body: 'Only words.\n' }])).problems.map(({ text }) => text);
  t.deepEqual(told('[PATCH] kernel: two'), ['the mail "kernel: two" is named a patch and holds no diff']);
  t.deepEqual(told('[ANNOUNCE] a release'), []);
  t.deepEqual(told('Re: [PATCH] kernel: two'), []);
});

const stat = (lines: readonly string[], summary: string): string =>
  `Words.\n\n---\n${lines.map((line) => ` ${line} | 2 +-\n`).join('')}${summary}\n${change()}`;

test('a diffstat that lists more files than the diff has is a problem that names them', async (t) => {
  const two = ' 2 files changed, 2 insertions(+), 2 deletions(-)\n';
  const told = async (body: string): Promise<readonly string[]> => {
    const patch = await onlyPatch(mail({ body }));
    // git takes what is there.
    t.true(patch.whole);
    t.is(patch.diff, change());
    return patch.problems.map(({ text }) => text);
  };
  t.deepEqual(await told(stat(['kernel/a.c', 'kernel/b.c'], two)), [
    'the diffstat lists 2 files, the diff has 1; not in the diff: kernel/b.c',
  ]);
  t.deepEqual(await told(stat(['kernel/a.c', 'net/{x => y}/b.c'], '')), [
    'the diffstat lists 2 files, the diff has 1; not in the diff: net/{x => y}/b.c',
  ]);
  t.deepEqual(await told(stat(['.../a.c'], ' 1 file changed, 1 insertion(+)\n')), []);
  t.deepEqual(await told(stat(['linux-2.6/kernel/a.c'], '')), []);
});
