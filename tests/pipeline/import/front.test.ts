import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { patchId } from '../../../harness/import/base/patch-id.ts';
import { assemble, readSource } from '../../../harness/import/index.ts';
import { type ImportPlace, importPlace, titlesOf as titles } from '../../support/import-place.ts';
import { makeRepository, type TestRepository } from '../../support/repository.ts';

interface Made extends TestRepository {
  readonly place: ImportPlace;
  /** Mails of two patches that stand on two others. */
  readonly series: string;
  readonly first: string;
}

const lines = (...words: readonly string[]): string => words.map((word) => `int ${word};\n`).join('');

/** base, two commits that nobody else has, and a topic on top of them. */
async function made(t: ExecutionContext): Promise<Made> {
  const place = await importPlace(t);
  const repository = await makeRepository(t);
  const { git, commit } = repository;
  await commit('base', { 'a.c': lines('a', 'b', 'c'), 'b.c': lines('x', 'y', 'z') });
  await git('tag', 'base');
  await commit('net: ground', { 'a.c': lines('a', 'ground', 'b', 'c'), 'new file.c': lines('n') });
  await commit('net: floor', { 'a.c': lines('a', 'ground', 'floor', 'b', 'c'), 'new file.c': undefined });
  await git('tag', 'first');
  await commit('mm: wall', { 'a.c': lines('a', 'ground', 'floor', 'wall', 'b', 'c') });
  await commit('mm: roof', { 'b.c': lines('x', 'roof', 'y', 'z') });
  const series = await git('format-patch', '--stdout', '-n', '--base=base', 'first..main');
  const first = await git('format-patch', '--stdout', '-n', '--thread', 'base..first');
  return { ...repository, place, series: `${series}\n`, first: `${first}\n` };
}

const all = ['net: ground', 'net: floor', 'mm: wall', 'mm: roof'];
const told = (result: { notes: readonly { text: string }[] }, pattern: RegExp): number =>
  result.notes.filter(({ text }) => pattern.test(text)).length;

test('the id of a patch is the one that git tells', async (t) => {
  const { directory, git } = await made(t);
  for (const ref of ['first~1', 'first', 'main~1', 'main', 'base']) {
    const diff = `${await git('show', '--format=', ref)}\n`;
    const { stdout } = await execa('git', ['patch-id', '--stable'], { cwd: directory, input: diff });
    const at = diff.split('\n').map((text, index) => ({ text, number: index + 1 }));
    t.is(patchId(at), stdout.split(' ')[0] ?? '', ref);
  }
});

test('what a series needs first is put in front: out of the same mailbox, a directory, another file', async (t) => {
  const { place, series, first, directory } = await made(t);
  await place.write('box', series + first);
  await place.write('dir/1.mbox', series);
  await place.write('dir/2.mbox', first);
  for (const source of ['box', 'dir']) {
    const result = await place.take([source], { tree: { place: `git:${directory}#base` } });
    t.deepEqual(titles(result), all, source);
    t.deepEqual(result.problems, [], source);
    t.is(told(result, /^needs first: patch-id [0-9a-f]{40}: put in front, "net: /), 2);
    t.is(result.title, 'mm: wall');
  }
});

test('what a picked part of a range needs first is put in front', async (t) => {
  const { place, git, directory, commit } = await made(t);
  const { stdout } = await execa('git', ['rev-parse', 'main'], { cwd: directory });
  const id = /prerequisite-patch-id: (\S+)/.exec(await git('format-patch', '--stdout', '--base=base', '-1', 'main~1'));
  await commit(`mm: door\n\nprerequisite-patch-id: ${id?.[1] ?? ''}`, { 'c.c': lines('door') });
  const result = await place.take([`git:${directory}#base..main`], { pick: 'mm: door' });
  t.deepEqual(titles(result), ['net: ground', 'mm: door'], stdout);
});

test('a queue of the project is looked into, and what is nowhere or in the tree is told', async (t) => {
  const { place, series, first, directory } = await made(t);
  await place.write('first', first);
  await place.write('series', series);
  const queue = path.join(place.directory, 'patches/ground');
  await place.take(['first'], { name: 'ground', out: queue });
  const tree = { place: `git:${directory}#base` };
  const result = await place.take(['series'], { tree, queues: [{ name: 'ground', directory: queue }] });
  t.deepEqual(titles(result), all);
  t.deepEqual(result.problems, []);
  t.is(told(result, /put in front, "net: (?:ground|floor)" of queue ground/), 2);
  const alone = await place.take(['series'], { tree });
  t.is(told(alone, /^needs first: patch-id [0-9a-f]{40}, not in the tree$/), 2);
  t.true(alone.problems.some(({ text }) => text.includes('does not apply')));
  const there = await place.take(['series'], { tree: { place: `git:${directory}#first` } });
  t.is(told(there, /^needs first: patch-id [0-9a-f]{40}, in the tree as [0-9a-f]{12}$/), 2);
  t.deepEqual(titles(there), all.slice(2));
});

const mail = (subject: string, id: string, file: string, more = '', to = ''): string =>
  `From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Ann Author <ann@example.org>\nSubject: ${subject}\nMessage-ID: <${id}@x>\n${to === '' ? '' : `In-Reply-To: <${to}@x>\n`}\nWords.\n\n${more}---\n--- a/${file}\n+++ b/${file}\n@@ -1,2 +1,3 @@\n int one;\n+int ${id};\n int two;\n\n`;
const cover = (subject: string, id: string, more = ''): string =>
  `From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Ann Author <ann@example.org>\nSubject: ${subject}\nMessage-ID: <${id}@x>\n\nAbout it.\n\n${more}\n`;

const ground = [
  cover('[PATCH 0/2] net: ground', 'g0', 'change-id: 20240101-ground-1'),
  mail('[PATCH 2/2] net: b', 'g2', 'b.c', '', 'g0'),
  mail('[PATCH 1/2] net: a', 'g1', 'a.c', '', 'g0'),
].join('');

const forms: Readonly<Record<string, string>> = {
  'by the id of a message': 'prerequisite-message-id: <g0@x>\n',
  "by b4's name": 'prerequisite-change-id: 20240101-ground-1:v1\n',
  'by an id in words': 'Depends-on: <g1@x>\n',
  'by an address': 'Based-on: https://lore.kernel.org/r/g0@x/\n',
  'by its title': 'Depends-on: [PATCH 0/2] net: ground\n',
};

for (const [what, form] of Object.entries(forms))
  test(`a series that another one needs first is not one of several: ${what}`, async (t) => {
    const place = await importPlace(t);
    const wall = `${cover('[PATCH 0/1] mm: wall', 'w0', form)}${mail('[PATCH 1/1] mm: w', 'w1', 'w.c', '', 'w0')}`;
    await place.write('box', wall + ground);
    const result = await place.take(['box']);
    t.is(result.title, 'mm: wall');
    t.deepEqual(titles(result), ['net: a', 'net: b', 'mm: w']);
    t.deepEqual(result.problems, []);
  });

test('one that needs itself, or two that need each other, end', (t) => {
  const box = (a: string, b: string): string =>
    mail('[PATCH] net: a', 'a', 'a.c', `Depends-on: <${a}@x>\n`) +
    mail('[PATCH] net: b', 'b', 'b.c', `Depends-on: <${b}@x>\n`);
  for (const text of [box('a', 'b'), box('b', 'a')])
    t.deepEqual(
      assemble(readSource('box', text)).patches.map(({ subject }) => subject.title),
      ['net: a', 'net: b'],
    );
});
