import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { detail } from '../support/detail.ts';
import { changeLine, changeSched, emptyPlace, fakeProject, mail, type Place, schedLine } from '../support/program.ts';

const separator = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n';
const said = (word: string): string => `say("log sched: ${word}");`;

/** Each changes what the one before it left. */
const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
const diffs = words.map((word, index) =>
  changeSched(index === 0 ? schedLine : said(words[index - 1] ?? ''), said(word)),
);

function numbered(index: number, total: number, tag = ''): string {
  const subject = `[PATCH${tag} ${index}/${total}] sched: say ${words[index - 1] ?? ''}`;
  return mail('x', diffs[index - 1] ?? '')
    .replace('[PATCH] x', subject)
    .replace('\n\n', `\nMessage-ID: <p${index}${tag.trim()}@x>\nReferences: <cover${tag.trim()}@x>\n\n`);
}

const cover = (total: number, tag = ''): string =>
  `From: A Hacker <hacker@example.org>\nDate: Mon, 2 Jul 2007 10:00:00 +0200\nSubject: [PATCH${tag} 0/${total}] sched: words\nMessage-ID: <cover${tag.trim()}@x>\n\nAbout the words.\n`;

const mbox = (mails: readonly string[]): string => mails.map((one) => `${separator}${one}\n`).join('');

const all = (total: number, tag = ''): string[] => [
  cover(total, tag),
  ...Array.from({ length: total }, (_, index) => numbered(index + 1, total, tag)),
];

async function queue(place: Place, directory: string): Promise<{ series: string; files: string[] }> {
  const full = path.join(place.directory, directory);
  return { series: await readFile(path.join(full, 'series'), 'utf8'), files: (await readdir(full)).sort() };
}

const project = (t: ExecutionContext): Promise<Place> => fakeProject(t, { 'a.patch': mail('a', diffs[0] ?? '') });

test('an mbox becomes a queue that applies, and the project file knows it', async (t) => {
  const place = await project(t);
  await place.write('box', mbox(all(3)));
  const { code, out, err } = await place.run('import', 'box', '--name', 'words', '--tree', 'mini', '--add');
  t.is(code, 0, out + err);
  const { series, files } = await queue(place, 'patches/words/6.1');
  t.is(series, '# sched: words\nsched-say-one.patch\nsched-say-two.patch\nsched-say-three.patch\n');
  t.deepEqual(files, ['cover', 'sched-say-one.patch', 'sched-say-three.patch', 'sched-say-two.patch', 'series']);
  t.regex(out, /added to quiltboot\.yaml/);
  const applied = await place.run('apply', 'words');
  t.is(applied.code, 0, applied.out + applied.err);
  const again = await place.run('import', 'box', '--name', 'words', '--tree', 'mini');
  t.is(again.code, 2);
  t.regex(again.err, /there is a queue in .* already.*\n.*--force/);
});

test('patches out of order and with one missing: what is there is written, the rest is named, status 1', async (t) => {
  const place = await project(t);
  const mails = all(7);
  await place.write('box', mbox([mails[0], mails[2], mails[1], mails[3], mails[5], mails[6], mails[7]].map(String)));
  const { code, out } = await place.run('import', 'box', '--name', 'words', '--tree', 'mini');
  t.is(code, 1, out);
  t.regex(out, /problems:\n {2}patch 4\/7 is missing\n/);
  t.regex(
    out,
    /repaired:\n {2}box:\d+: patches put into the order of their numbers; the source has 2, 1, 3, 5, 6, 7\n/,
  );
  // The fifth patch needs the fourth.
  t.regex(out, /sched-say-five\.patch: does not apply to mini \(base 6\.1, .*\).*patches before it are missing/);
  t.regex(
    (await queue(place, 'patches/words/6.1')).series,
    /sched-say-three\.patch\n# 4\/7 is missing\nsched-say-five/,
  );
});

detail('two revisions in one mbox: the newest counts, or the one asked for', async (t) => {
  const place = await project(t);
  await place.write('box', mbox([...all(2), ...all(3, ' v2')]));
  const newest = await place.run('import', 'box', '--name', 'a');
  t.is(newest.code, 0, newest.out);
  t.regex(newest.out, /revision 2, in patches\/a\n/);
  t.regex(newest.out, /3 messages of revision 1 left out/);
  const first = await place.run('import', 'box', '--name', 'b', '--revision', 'v1');
  t.is(first.code, 0, first.out);
  t.is((await queue(place, 'patches/b')).series, '# sched: words\nsched-say-one.patch\nsched-say-two.patch\n');
});

detail('a patch against another base is told with the base', async (t) => {
  const place = await project(t);
  const foreign = mail('other', changeLine('kernel/sched.c', 'nothing', 'that', ['is'], 'there', 40)).replace(
    'Why it is needed.',
    'Why it is needed.\nbase-commit: 0123456789abcdef0123456789abcdef01234567',
  );
  await place.write('other.patch', foreign);
  const { code, out } = await place.run('import', 'other.patch', '--name', 'other', '--tree', 'mini');
  t.is(code, 1, out);
  t.regex(out, /other\.patch: does not apply to mini \(base 6\.1, .*; the series was made on commit 0123456789abcdef/);
});

test('a cover letter without patches is a mistake with its place', async (t) => {
  const place = await project(t);
  await place.write('box', mbox([cover(7)]));
  const { code, out, err } = await place.run('import', 'box');
  t.is(code, 2);
  t.is(out, '');
  t.regex(err, /box:2: only the cover letter of "sched: words" is there, none of its 7 patches/);
});

detail('--strict takes clean input and nothing else', async (t) => {
  const place = await project(t);
  await place.write('clean', mbox(all(2)));
  t.is((await place.run('import', 'clean', '--name', 'clean', '--strict')).code, 0);
  await place.write('quoted', numbered(1, 1).replace(/^/gm, '> '));
  const { code, out } = await place.run('import', 'quoted', '--name', 'quoted', '--strict');
  t.is(code, 1, out);
  t.regex(out, /the input is not clean: nothing was written, since repairs were needed \(1\)/);
  t.false((await readdir(path.join(place.directory, 'patches'))).includes('quoted'));
});

test('a damaged page gets its white space from the tree, and its incomplete end stays out', async (t) => {
  const place = await project(t);
  const lines = (diffs[0] ?? '').split('\n').map((line) => ` ${line.startsWith(' ') ? line.trim() : line}`);
  const page = ` Subject: [PATCH] sched: say one\n Posted by A Hacker on Mon, 02 Jul 2007 08:00:00 GMT\n\n Words.\n\n${lines.join('\n')}`;
  await place.write('page.txt', page);
  const whole = await place.run('import', 'page.txt', '--name', 'page', '--tree', 'mini');
  t.is(whole.code, 0, whole.out + whole.err);
  t.regex(whole.out, /page\.txt:1: white space in front of every line taken off/);
  await place.write(
    'cut.txt',
    `${page} Index: linux/init/main.c\n --- linux.orig/init/main.c\n +++ linux/init/main.c\n @@ -1,9 +1,9 @@\n /* And ...\n`,
  );
  const cut = await place.run('import', 'cut.txt', '--name', 'cut', '--tree', 'mini');
  t.is(cut.code, 1, cut.out);
  t.regex(cut.out, /not whole, left out of the series/);
  t.regex(cut.out, new RegExp(`problems:\n  cut\\.txt:${page.split('\n').length + 4}: .*"\\.\\.\\."`));
  const { series } = await queue(place, 'patches/cut/6.1');
  t.is(series, '# sched: say one\n# sched-say-one.patch is not whole: complete it, then remove the comment sign\n');
  const kept = await readFile(path.join(place.directory, 'patches/cut/6.1/sched-say-one.patch'), 'utf8');
  t.true(kept.includes(`+${said('one')}`) && !kept.includes('init/main.c'));
});

detail('a maildir, single files and a directory of patches', async (t) => {
  const place = await project(t);
  await mkdir(path.join(place.directory, 'dir/new'), { recursive: true });
  await mkdir(path.join(place.directory, 'dir/tmp'), { recursive: true });
  const [first = '', second = '', third = ''] = all(2);
  await place.write('dir/cur/3:2,S', first);
  await place.write('dir/cur/1:2,S', third);
  await place.write('dir/new/2', second);
  const maildir = await place.run('import', 'dir', '--name', 'dir', '--strict');
  t.is(maildir.code, 0, maildir.out + maildir.err);
  const expected = '# sched: words\nsched-say-one.patch\nsched-say-two.patch\n';
  t.is((await queue(place, 'patches/dir')).series, expected);
  const files = await place.run('import', 'dir/cur/1:2,S', 'dir/new/2', 'dir/cur/3:2,S', '--name', 'files');
  t.is(files.code, 0, files.out);
  t.is((await queue(place, 'patches/files')).series, expected);
  const again = await place.run('import', 'patches/files', '--name', 'again', '--strict');
  t.is(again.code, 0, again.out + again.err);
  t.is(
    await readFile(path.join(place.directory, 'patches/again/sched-say-two.patch'), 'utf8'),
    await readFile(path.join(place.directory, 'patches/files/sched-say-two.patch'), 'utf8'),
  );
});

test('a git range, with bytes that are no UTF-8', async (t) => {
  const place = await project(t);
  const repository = path.join(place.directory, 'repo');
  await mkdir(repository);
  const git = (...args: string[]): Promise<unknown> =>
    execa('git', ['-c', 'user.name=Jürgen Groß', '-c', 'user.email=j@example.org', ...args], { cwd: repository });
  await git('init', '-q');
  await writeFile(path.join(repository, 'a.c'), 'one\n');
  await git('add', '.');
  await git('commit', '-qm', 'base');
  await writeFile(path.join(repository, 'a.c'), Buffer.from('one\n/* \xe4 */\n', 'latin1'));
  await git('commit', '-qam', 'a: a letter');
  await writeFile(path.join(repository, 'b.c'), 'two\n');
  await git('add', '.');
  await git('commit', '-qm', 'b: new\n\nFrom here on there are two.');
  const { code, out, err } = await place.run('import', 'git:repo#HEAD~2..HEAD', '--name', 'range', '--strict');
  t.is(code, 0, out + err);
  const base = (await execa('git', ['rev-parse', 'HEAD~2'], { cwd: repository })).stdout;
  t.is(
    (await queue(place, 'patches/range')).series,
    `# a: a letter\n# base-commit: ${base}\na-a-letter.patch\nb-new.patch\n`,
  );
  t.true(out.includes(`notes:\n  the series was made on commit ${base}\n`), out);
  const patch = await readFile(path.join(place.directory, 'patches/range/a-a-letter.patch'));
  t.true(patch.includes(Buffer.from('+/* \xe4 */\n', 'latin1')));
  t.true(patch.includes('From: Jürgen Groß <j@example.org>'));
  for (const [word, message] of [
    ['git:repo#nosuch..HEAD', /there is no range nosuch\.\.HEAD in repo/],
    ['git:nosuch#a..b', /there is no repository nosuch/],
    ['git:repo#HEAD..HEAD', /there is no commit in HEAD\.\.HEAD/],
    ['git:repo', /it is unclear where master begins in repo/],
  ] as const) {
    const failed = await place.run('import', word, '--name', 'x');
    t.is(failed.code, 2, failed.out);
    t.regex(failed.err, message);
  }
});

async function serve(t: ExecutionContext, pages: Readonly<Record<string, Buffer>>): Promise<string> {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    response.writeHead(page === undefined ? 404 : 200).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a message id brings its thread, with trailers of the answers', async (t) => {
  const place = await project(t);
  const answer =
    'From: Bob Other <bob@example.com>\nSubject: Re: [PATCH 0/2] sched: words\nMessage-ID: <r@x>\nReferences: <cover@x>\n\n> About the words.\nAcked-by: Bob Other <bob@example.com>\n';
  const thread = gzipSync(mbox([...all(2), answer]));
  const url = await serve(t, { '/all/p2%40x/t.mbox.gz': thread, '/list/p2@x/t.mbox.gz': thread });
  const byId = await place.run('import', 'p2@x', '--lore', url, '--name', 'id', '--trailers');
  t.is(byId.code, 0, byId.out + byId.err);
  t.regex(
    await readFile(path.join(place.directory, 'patches/id/sched-say-two.patch'), 'utf8'),
    /Signed-off-by: A Hacker <hacker@example\.org>\nAcked-by: Bob Other <bob@example\.com>\n---\n/,
  );
  const byUrl = await place.run('import', `${url}/list/p2@x/`, '--lore', url, '--name', 'url');
  t.is(byUrl.code, 0, byUrl.out + byUrl.err);
  t.false((await readFile(path.join(place.directory, 'patches/url/sched-say-two.patch'), 'utf8')).includes('Acked-by'));
  const missing = await place.run('import', 'nosuch@x', '--lore', url, '--name', 'x');
  t.is(missing.code, 2, missing.err);
  t.regex(missing.err, /cannot download .*: the server answers 404/);
});

test('a source that is not there, an empty one, a directory without files', async (t) => {
  const place = await emptyPlace(t);
  await place.write('empty', '');
  await mkdir(path.join(place.directory, 'dir'));
  for (const [word, message] of [
    ['nosuch', /there is no nosuch\b/],
    ['empty', /there is no patch in empty/],
    ['dir', /there is no file in dir/],
  ] as const) {
    const { code, err } = await place.run('import', word, '--name', 'x');
    t.is(code, 2, err);
    t.regex(err, message);
  }
});

detail('thirty megabytes of other mail do not hide a series, nor does a binary file pass for one', async (t) => {
  const place = await project(t);
  const noise = `From: B <b@example.org>\nSubject: talk\n\n${'From me to you, at 10:00 in 2007, nothing.\n'.repeat(200)}`;
  const mails = all(3);
  const box = Array.from({ length: 3500 }, (_, index) => [noise, ...mails.slice(index, index + 1)]).flat();
  await place.write('box', mbox(box));
  const { code, out, err } = await place.run('import', 'box', '--name', 'words', '--strict');
  t.is(code, 0, out + err);
  t.is((await queue(place, 'patches/words')).series.split('\n').length, 5);
  await writeFile(path.join(place.directory, 'noise.bin'), Buffer.alloc(30_000_000, 'x\u0000\n-+ @@ \u00ff'));
  const binary = await place.run('import', 'noise.bin', '--name', 'x');
  t.is(binary.code, 2, binary.out);
  t.regex(binary.err, /there is no patch in noise\.bin/);
});

test('a patch that reaches out of the tree is refused', async (t) => {
  const place = await project(t);
  const evil = mail('evil', changeLine('../../outside', 'a', 'b', ['c'], 'd', 1));
  await place.write('evil.patch', evil);
  const { code, out } = await place.run('import', 'evil.patch', '--name', 'evil', '--tree', 'mini');
  t.is(code, 1, out);
  t.regex(out, /evil\.patch:\d+: refused: a path with "\.\.", which leaves the tree: .*outside/);
  t.regex(out, /nothing was written/);
  t.false((await readdir(path.join(place.directory, 'patches'))).includes('evil'));
});

detail('many remarks are shown in part, and all of them stand in a file', async (t) => {
  const place = await project(t);
  const answers = Array.from({ length: 30 }, (_, index) =>
    numbered(1, 1)
      .replace(/^Subject: .*$/m, `Subject: talk ${index}`)
      .replace('p1@x', `other${index}@x`),
  );
  const damaged = answers.map((one) => one.replace(/^@@ .*$/m, '@@ -1,99 +1,99 @@'));
  await place.write('box', mbox(damaged));
  const { code, out } = await place.run('import', 'box', '--name', 'many');
  t.is(code, 1, out);
  t.regex(out, /and \d+ more, all in patches\/many\/import-remarks\.txt/);
  const text = await readFile(path.join(place.directory, 'patches/many/import-remarks.txt'), 'utf8');
  t.true(text.split('\n').length > 30);
});
