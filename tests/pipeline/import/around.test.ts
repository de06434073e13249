import test from 'ava';
import { importPlace, littlePatch } from '../../support/import-place.ts';
import { makeRepository } from '../../support/repository.ts';

const lines = (...words: readonly string[]): string => words.map((word) => `int ${word};\n`).join('');

test('a patch that does not apply is told with the fuzz, the point and the tag that would take it', async (t) => {
  const place = await importPlace(t);
  const { directory, git, commit } = await makeRepository(t);
  await commit('old', { 'a.c': lines('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h') });
  await git('tag', 'v1');
  await git('checkout', '-q', '-b', 'topic');
  await commit('kernel: one', { 'b.c': lines('x') });
  await commit('kernel: two', { 'a.c': lines('a', 'b', 'c', 'd', 'new', 'e', 'f', 'g', 'h') });
  await place.write('box', `${await git('format-patch', '--stdout', '-2')}\n`);
  await git('checkout', '-q', 'main');
  await commit('other', { 'a.c': lines('a', 'b', 'c', 'changed', 'e', 'f', 'g', 'h') });
  await git('tag', '-a', '-m', 'two', 'v2');
  await commit('more', { 'c.c': lines('c') });
  const { problems } = await place.take(['box'], { tree: { place: `git:${directory}#main` } });
  t.is(problems.length, 1);
  t.regex(problems[0]?.text ?? '', /; it would on v1/);
});

test('a patch that an earlier one of the queue is in the way of is told with the point', async (t) => {
  const place = await importPlace(t);
  const { directory, commit } = await makeRepository(t);
  await commit('base', { 'a.c': lines('a', 'b', 'c') });
  const diff = (word: string): string =>
    `--- a/a.c\n+++ b/a.c\n@@ -1,3 +1,4 @@\n int a;\n int b;\n+int ${word};\n int c;\n`;
  await place.write('q/series', 'other.patch\none.patch\ntwo.patch\n');
  await place.write('q/other.patch', littlePatch('other', '--- /dev/null\n+++ b/b.c\n@@ -0,0 +1 @@\n+int b;\n'));
  await place.write('q/one.patch', littlePatch('one', diff('one').replace(' int b;', '-int b;').replace('1,4', '1,3')));
  await place.write('q/two.patch', littlePatch('two', diff('two')));
  const { problems } = await place.take(['q'], { tree: { place: `git:${directory}#main` } });
  t.regex(problems[0]?.text ?? '', /two\.patch.*; it would .*after other\.patch/s);
});

test('each patch that the tree has already is called that', async (t) => {
  const place = await importPlace(t);
  const { directory, git, commit } = await makeRepository(t);
  await commit('base', { 'a.c': lines('a', 'b', 'c') });
  await commit('kernel: one', { 'a.c': lines('a', 'one', 'b', 'c') });
  await commit('kernel: two', { 'b.c': lines('b') });
  await git('tag', 'there');
  await commit('kernel: three', { 'c.c': lines('c') });
  await place.write('box', `${await git('format-patch', '--stdout', '-3')}\n`);
  const { problems } = await place.take(['box'], { tree: { place: `git:${directory}#there` } });
  t.regex(problems[0]?.text ?? '', /kernel-one\.patch.*the tree has its changes already/s);
  t.false(problems[0]?.text.includes('it would'));
  t.deepEqual(
    problems.slice(1).map(({ source, text }) => [source?.replace(/.*\//, ''), / has its changes already$/.test(text)]),
    [['kernel-two.patch', true]],
  );
});
