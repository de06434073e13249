import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { emptyPlace, type Place } from '../support/program.ts';

const separator = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n';
const ann = 'Ann Author <ann@example.org>';

const diff = (file: string): string =>
  `diff --git a/${file} b/${file}\n--- a/${file}\n+++ b/${file}\n@@ -1,2 +1,3 @@\n int one;\n+int fresh;\n int two;\n`;

function mail(id: string, subject: string, body: string, { from = ann, to = '' } = {}): string {
  const thread = to === '' ? '' : `In-Reply-To: <${to}@x>\nReferences: <${to}@x>\n`;
  return `${separator}From: ${from}\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nSubject: ${subject}\nMessage-ID: <${id}@x>\n${thread}\n${body}\n`;
}

const patch = (id: string, subject: string, file: string): string =>
  mail(id, subject, `Words.\n\nSigned-off-by: ${ann}\n---\n${diff(file)}-- \n2.39.5\n`, { to: 'c' });

const series = [
  mail('c', '[PATCH 0/2] net: two', 'About both.\n'),
  patch('p1', '[PATCH 1/2] net: first', 'net/a.c'),
  patch('p2', '[PATCH 2/2] net: second', 'net/b.c'),
];

async function trailersOf(t: ExecutionContext, answers: readonly string[]): Promise<readonly (readonly string[])[]> {
  const place = await emptyPlace(t);
  await place.write('box', [...series, ...answers].join(''));
  const { code, out, err } = await place.run('import', 'box', '--name', 'two', '--trailers', '--base', '6.1');
  t.is(code, 0, out + err);
  const read = async (file: string): Promise<string[]> => {
    const text = await readFile(path.join(place.directory, 'patches/two/6.1', file), 'utf8');
    return text.split('\n').filter((line) => /^(?:Reviewed|Tested|Acked)-by: /.test(line));
  };
  return [await read('net-first.patch'), await read('net-second.patch')];
}

test('a trailer goes to the patch that was answered, and to all where the cover letter was', async (t) => {
  const bob = 'Bob Reader <bob@example.org>';
  const cat = 'Cat Tester <cat@example.org>';
  const [first, second] = await trailersOf(t, [
    mail('r1', 'Re: [PATCH 1/2] net: first', `> Words.\n\nFine.\n\nReviewed-by: ${bob}\n`, { from: bob, to: 'p1' }),
    mail('r2', 'Re: [PATCH 0/2] net: two', `Tested-by: ${cat}\n`, { from: cat, to: 'c' }),
  ]);
  t.deepEqual(first, [`Reviewed-by: ${bob}`, `Tested-by: ${cat}`]);
  t.deepEqual(second, [`Tested-by: ${cat}`]);
});

test('a blank in front, another address of the same person and an answer to an answer hide no trailer', async (t) => {
  const home = 'Bob Reader <bob@home.example>';
  const work = 'Bob Reader <bob@work.example>';
  const [first, second] = await trailersOf(t, [
    mail('r1', 'Re: [PATCH 2/2] net: second', `A question?\n`, { from: home, to: 'p2' }),
    mail('r2', 'Re: [PATCH 2/2] net: second', `An answer.\n`, { to: 'r1' }),
    mail('r3', 'Re: [PATCH 2/2] net: second', `Then:\n\n  Acked-by: ${work}\n`, { from: home, to: 'r2' }),
  ]);
  t.deepEqual([first, second], [[], [`Acked-by: ${work}`]]);
});

test("somebody else's name, a quoted trailer, a refusal and one below the signature are none", async (t) => {
  const bob = 'Bob Reader <bob@example.org>';
  const [first, second] = await trailersOf(t, [
    mail('r1', 'Re: [PATCH 1/2] net: first', `Reviewed-by: Eve Other <eve@example.org>\n`, { from: bob, to: 'p1' }),
    mail('r2', 'Re: [PATCH 1/2] net: first', `> Reviewed-by: ${bob}\n\nNacked-by: ${bob}\n\n-- \nAcked-by: ${bob}\n`, {
      from: bob,
      to: 'p1',
    }),
  ]);
  t.deepEqual([first, second], [[], []]);
});

async function refusedPlace(t: ExecutionContext, count: number): Promise<Place> {
  const place = await emptyPlace(t);
  const box = Array.from({ length: count }, (_, at) =>
    patch(`p${at}`, `[PATCH ${at + 1}/${count}] net: ${at}`, `../net/${at}.c`),
  );
  await place.write('box', box.join(''));
  return place;
}

test('many remarks are cut on the terminal, and a file holds all of them, also where nothing was written', async (t) => {
  const place = await refusedPlace(t, 30);
  const { code, out } = await place.run('import', 'box', '--name', 'many', '--base', '6.1');
  t.is(code, 1);
  t.is(out.split('\n').filter((line) => line.includes('refused:')).length, 20);
  t.regex(out, /and \d+ more, all in import-remarks\.txt/);
  const all = await readFile(path.join(place.directory, 'import-remarks.txt'), 'utf8');
  t.is(all.match(/^problems: box:\d+: refused: a path with "\.\."/gm)?.length, 30);
});
