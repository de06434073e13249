import test from 'ava';
import { recover } from '../../../../harness/import/index.ts';
import { demoDiff, demoTree, message, recoverText } from '../fixture.ts';
import { change, mail, patchBody, read } from '../mails.ts';

const spaces = (text: string): string => text.replaceAll('\t', '        ');
const lost = /^the tabs are lost: every line of code .*give the tree \(--tree\)/;

const problemsOf = async (body: string): Promise<string[]> => {
  const [only] = read([{ body }]);
  return only === undefined ? [] : (await recover(only)).problems.map(({ text }) => text);
};

test('a mail or a page whose context has spaces for tabs is a problem without a tree', async (t) => {
  t.regex((await problemsOf(spaces(patchBody()))).join('\n'), lost);
  t.regex((await problemsOf(spaces(patchBody(change('fs/Makefile'))))).join('\n'), lost);
  const page = `<html><pre>${spaces(mail({})).replace(/</g, '&lt;')}</pre></html>`;
  const { patch } = await recoverText(page);
  t.regex(patch.problems[0]?.text ?? '', lost);
  t.true(patch.whole);
});

test('a tree puts them back', async (t) => {
  const { patch } = await recoverText(
    `<html><pre>${spaces(message + demoDiff).replace(/</g, '&lt;')}</pre></html>`,
    demoTree(),
  );
  t.deepEqual(patch.problems, []);
  t.true(patch.diff.includes('\n-\tif (seen < 10) {\n'));
});

test('spaces that the author may have meant are none', async (t) => {
  const tab = patchBody();
  for (const body of [
    tab,
    // One line with a tab shows that tabs come through.
    spaces(tab).replace('+        int fresh', '+\tint fresh'),
    // Not so deep, or not in code of the kernel.
    tab.replaceAll('\t', '    '),
    spaces(patchBody(change('tools/x.py'))),
    patchBody(change().replaceAll(' \tint', ' int')),
  ])
    t.deepEqual(await problemsOf(body), [], body);
});
