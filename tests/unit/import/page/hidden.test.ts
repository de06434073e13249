import test from 'ava';
import { recoverText } from '../fixture.ts';
import { change, mail, patchBody } from '../mails.ts';

const ann = 'Ann Author <ann@example.org>';
const bob = 'Reviewed-by: Bob Other <bob@example.org>';

/** A page or a mail with a patch that Ann signed with one address, and Bob with a real one. */
const shown = (address: string, html: boolean): string => {
  const text = mail({
    body: patchBody().replace(`Signed-off-by: ${ann}`, `Signed-off-by: Ann Author ${address}\n${bob}`),
  });
  return html ? `<html><pre>${text.replace(/</g, '&lt;')}</pre></html>` : text;
};

const lost = [
  '<ann@...>',
  '<a...@example.org>',
  '<ann@example...>',
  '<ann@xxxxxxx>',
  '[email hidden]',
  '<[email protected]>',
  '<[EMAIL PROTECTED]>',
  '<address@hidden>',
  '<hidden>',
];

for (const html of [true, false]) {
  test(`an address that is lost is told, whatever stands beside it${html ? ', on a page' : ', in a mail'}`, async (t) => {
    for (const address of lost) {
      const { message } = await recoverText(shown(address, html));
      t.deepEqual(
        message.findings.problems.map(({ text }) => text),
        [
          `the source hides the address in "Signed-off-by: Ann Author ${address}": complete it in the patch, from a copy of the mail`,
        ],
      );
      t.regex(message.text, /bob@example\.org/);
    }
  });
}

test('an address that is spelled is put back, and told', async (t) => {
  for (const address of [
    '<ann at example.org>',
    '<ann () example ! org>',
    '<ann [at] example [dot] org>',
    '<ann(a)example.org>',
  ]) {
    const { message } = await recoverText(shown(address, true));
    t.true(message.text.includes(`Signed-off-by: ${ann}\n${bob}`), message.text);
    t.true(
      message.findings.repairs.some(
        ({ text }) => text === `the hidden address in "Signed-off-by: Ann Author ${address}" put back`,
      ),
    );
    t.deepEqual(message.findings.problems, []);
  }
});

test('the address of the author is told, or taken from where the page shows it', async (t) => {
  const page = (from: string, signed = ann): string =>
    `<html><pre>${mail({ from, body: patchBody().replace(ann, signed) }).replace(/</g, '&lt;')}</pre></html>`;
  for (const from of ['Ann Author <[email hidden]>', 'Ann Author <ann@...>']) {
    const found = await recoverText(page(from));
    t.deepEqual(found.message.author, { name: 'Ann Author', email: 'ann@example.org' });
    t.deepEqual(found.message.findings.problems, []);
    const other = await recoverText(page(from, 'Bob Other <bob@example.org>'));
    t.is(other.message.author?.name, 'Ann Author');
    t.regex(
      other.message.findings.problems[0]?.text ?? '',
      /^the source hides the address of the author, Ann Author </,
    );
  }
  const spelled = await recoverText(page('Ann Author <ann at example.org>'));
  t.is(spelled.message.author?.email, 'ann@example.org');
  t.true(
    spelled.message.findings.repairs.some(({ text }) => text.startsWith('the hidden address in "From: Ann Author')),
  );
});

test('where trailers hide addresses, code may as well, though the page shows another address', async (t) => {
  const text = mail({
    from: 'Ann Author <ann at example.org>',
    body: `${bob}\n${patchBody(change('a.c', 'x; /* eve at example.com */'))}`,
  });
  const { patch } = await recoverText(`<html><pre>${text.replace(/</g, '&lt;')}</pre></html>`);
  t.regex(patch.problems[0]?.text ?? '', /^"int x; \/\* eve at example\.com \*\/;" seems to hold an address/);
});

test('words with "at" and dots in a description are no addresses', async (t) => {
  const { message } = await recoverText(
    mail({ body: `Look at kernel.org... or at x@y: see Documentation.\n\n${patchBody()}` }),
  );
  t.deepEqual([message.findings.problems, message.findings.repairs], [[], []]);
});

test('an address that is lost in code is a problem of its line', async (t) => {
  const text = mail({ body: patchBody(change('a.c', 'x; /* [EMAIL PROTECTED] */')) });
  const { patch } = await recoverText(`<html><pre>${text.replace(/</g, '&lt;')}</pre></html>`);
  t.regex(patch.problems[0]?.text ?? '', /^"int x; \/\* \[EMAIL PROTECTED\] \*\/;" seems to hold an address/);
});

test('an address that a page holds in another form is decoded', async (t) => {
  const key = 0x5a;
  const coded = Buffer.from([key, ...Buffer.from('ann@example.org').map((byte) => byte ^ key)]).toString('hex');
  const text = mail({ body: patchBody(change('a.c', 'x; /* ann@example.org */')) }).replace(/</g, '&lt;');
  const link = `<a href="/cdn-cgi/l/email-protection" class="__cf_email__" data-cfemail="${coded}">[email&#160;protected]</a>`;
  const { message, patch } = await recoverText(`<html><pre>${text.replaceAll('ann@example.org', link)}</pre></html>`);
  t.is(message.author?.email, 'ann@example.org');
  t.true(message.text.includes('Signed-off-by: Ann Author <ann@example.org>'));
  t.true(patch.diff.includes('+\tint x; /* ann@example.org */;'));
  t.deepEqual(patch.problems, []);
});
