import { gzipSync } from 'node:zlib';
import test from 'ava';
import {
  littleChange as change,
  importPlace,
  littlePatch as patch,
  titlesOf as titles,
} from '../../support/import-place.ts';
import { makeRepository } from '../../support/repository.ts';

test('a quilt queue keeps every patch in its order, whatever the titles say', async (t) => {
  const { write, take } = await importPlace(t);
  await write('q/series', '# two series\nnet/fix.patch\nmm/fix.patch # the same name\n\nlast.patch\n');
  await write('q/net/fix.patch', patch('[PATCH v3 7/9] fix it', change('net/a.c', 'a')));
  await write('q/mm/fix.patch', patch('[PATCH 02/11] fix it', change('mm/b.c', 'b')));
  await write('q/last.patch', patch('[PATCH 1/9] sched: last', change('kernel/c.c', 'c')));
  const result = await take(['q']);
  t.deepEqual(titles(result), ['fix it', 'fix it', 'sched: last']);
  t.deepEqual(result.problems, []);
  t.is(new Set(result.patches.map(({ file }) => file)).size, 3);
});

test('-pN and -R of a series file are obeyed, others are refused with their place', async (t) => {
  const { write, take, read } = await importPlace(t);
  await write('q/series', 'zero.patch -p0\ntwo.patch -p2\nback.patch -p1 -R\n');
  await write('q/zero.patch', patch('zero', change('net/a.c', 'a', ['', ''])));
  await write('q/two.patch', patch('two', change('net/b.c', 'b', ['x/linux/', 'y/linux/'])));
  await write('q/back.patch', patch('back', change('net/c.c', 'c')));
  const result = await take(['q']);
  t.deepEqual(result.problems, []);
  t.true((await read('zero.patch')).includes('diff --git a/net/a.c b/net/a.c\n--- a/net/a.c\n+++ b/net/a.c\n'));
  t.true((await read('two.patch')).includes('--- a/net/b.c\n+++ b/net/b.c\n'));
  t.true((await read('back.patch')).includes('@@ -1,3 +1,2 @@\n int one;\n-int c;\n int two;\n'));
  await write('q/series', 'zero.patch -p0 --fuzz=3\n');
  const error = await t.throwsAsync(take(['q']));
  t.regex(error.message, /option --fuzz=3 of patch zero\.patch is not known/);
});

test('a patch that the series file names twice is refused with both lines, unless it is taken back', async (t) => {
  const { write, take } = await importPlace(t);
  await write('q/a.patch', patch('one', change('net/a.c', 'a')));
  await write('q/series', 'a.patch\n\na.patch -p1\n');
  await t.throwsAsync(take(['q']), { message: /^patch a\.patch is named twice, in the lines 1 and 3$/ });
  await write('q/series', 'a.patch\na.patch -R\n');
  t.is((await take(['q'])).patches.length, 2);
});

test('a new file is taken back as one that goes, and a change with several lines in the order of patch', async (t) => {
  const { write, take, read } = await importPlace(t);
  await write('q/series', 'new.patch -R\nmany.patch -R\n');
  await write(
    'q/new.patch',
    patch(
      'new',
      'diff --git a/n.c b/n.c\nnew file mode 100644\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+int n;\n\\ No newline at end of file\n',
    ),
  );
  await write(
    'q/many.patch',
    patch('many', '--- a/m.c\n+++ b/m.c\n@@ -1,3 +1,3 @@\n int a;\n-int b;\n-int c;\n+int d;\n+int e;\n'),
  );
  await take(['q']);
  t.true(
    (await read('new.patch')).includes(
      'deleted file mode 100644\n--- a/n.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-int n;\n\\ No newline at end of file\n',
    ),
  );
  t.true((await read('many.patch')).includes(' int a;\n-int d;\n-int e;\n+int b;\n+int c;\n'));
});

test('compressed patches of a queue, named with and without their ending', async (t) => {
  const { write, take } = await importPlace(t);
  await write('q/series', 'one.patch\ntwo.patch.gz\n');
  await write('q/one.patch.gz', gzipSync(patch('one', change('a.c', 'a'))));
  await write('q/two.patch.gz', gzipSync(patch('two', change('b.c', 'b'))));
  t.deepEqual(titles(await take(['q'])), ['one', 'two']);
});

test('a list of files keeps its order, unless the numbers of one series give it', async (t) => {
  const { write, take } = await importPlace(t);
  await write('a/fix.patch', patch('update', change('a.c', 'a')));
  await write('b/fix.patch', patch('update', change('b.c', 'b')));
  await write('c.patch', patch('[PATCH 1/4] third', change('c.c', 'c')));
  t.deepEqual(titles(await take(['b/fix.patch', 'a/fix.patch', 'c.patch'])), ['update', 'update', 'third']);
  await write('2.eml', patch('[PATCH 2/2] second', change('b.c', 'b')));
  await write('1.eml', patch('[PATCH 1/2] first', change('a.c', 'a')));
  t.deepEqual(titles(await take(['2.eml', '1.eml'])), ['first', 'second']);
});

test('a range with a topic that began before its base, an empty commit and a wrong clock', async (t) => {
  const { take } = await importPlace(t);
  const { directory, git, commit } = await makeRepository(t);
  await commit('old', { 'f.c': 'int f;\n' });
  await git('branch', 'topic');
  const base = await commit('base', { 'g.c': 'int g;\n' });
  await git('checkout', '-q', 'topic');
  await commit('net: topic (v4)', { 't.c': 'int t;\n' });
  await git('checkout', '-q', 'main');
  await git('merge', '-q', '--no-ff', '-m', 'merge', 'topic');
  await commit('[NET]: two\n\nFrom: Eve <eve@example.com>\n---\nnot below a line', { 'h.c': 'int h;\n' });
  await commit('nothing in it', {});
  const result = await take([`git:${directory}#${base}..main`]);
  t.deepEqual(titles(result), ['net: topic (v4)', '[NET]: two']);
  t.deepEqual(result.problems, []);
  t.true(result.notes.some(({ text }) => text === '"nothing in it" changes nothing and is left out'));
  t.true(result.notes.some(({ text }) => /^merges are not patches: 1 left out/.test(text)));
});

test('a branch begins where it leaves the main one; b4 keeps the cover letter in a commit', async (t) => {
  const { take, read } = await importPlace(t);
  const { directory, git, commit } = await makeRepository(t);
  await commit('base', { 'f.c': 'int f;\n' });
  await git('checkout', '-q', '-b', 'topic');
  await commit('net: one', { 'a.c': 'int a;\n' });
  t.deepEqual(titles(await take([`git:${directory}#topic`])), ['net: one']);
  await git('checkout', '-q', '-b', 'b4/words', 'main');
  await commit(
    'net: words\n\nAbout them.\n\n--- b4-submit-tracking ---\n# This is for b4.\n{\n  "series": {\n    "revision": 3,\n    "change-id": "20240101-words-1234"\n  }\n}',
    {},
  );
  await commit('net: two', { 'b.c': 'int b;\n' });
  const result = await take([`git:${directory}#b4/words`]);
  t.deepEqual([result.title, result.version, ...titles(result)], ['net: words', 3, 'net: two']);
  t.false((await read('cover')).includes('b4-submit-tracking'));
  await t.throwsAsync(take([`git:${directory}#main`]), { message: /it is unclear where main begins/ });
});

test('the cover letter of a branch is its description, or an empty commit at its tip', async (t) => {
  const { take, read } = await importPlace(t);
  const { directory, git, commit } = await makeRepository(t);
  const base = await commit('base', { 'f.c': 'int f;\n' });
  await git('checkout', '-q', '-b', 'b4/words');
  await commit('net: one', { 'a.c': 'int a;\n' });
  await git('config', 'branch.b4/words.description', 'net: words\n\nAbout them.\n# a comment\n');
  const tracking = '{"series": {"revision": 2, "change-id": "20240101-words-1234"}}';
  await git('config', 'branch.b4/words.b4-tracking', tracking);
  for (const source of ['b4/words', `${base}..b4/words`]) {
    const result = await take([`git:${directory}#${source}`]);
    t.deepEqual([result.title, result.version, ...titles(result)], ['net: words', 2, 'net: one'], source);
    t.deepEqual(result.problems, []);
    t.regex(await read('cover'), /\n\nAbout them\.\n\nchange-id: 20240101-words-1234\n/);
  }
  await git('config', '--unset', 'branch.b4/words.description');
  await commit(`net: at the tip\n\nAbout it.\n\n--- b4-submit-tracking ---\n${tracking}`, {});
  const tip = await take([`git:${directory}#b4/words`]);
  t.deepEqual([tip.title, tip.version, ...titles(tip)], ['net: at the tip', 2, 'net: one']);
});

test('a tree that no project knows gives the bytes and tries the patches; the base is found among tags', async (t) => {
  const { take, find, write } = await importPlace(t);
  const { directory, git, commit } = await makeRepository(t);
  await commit('base', { 'kernel/a.c': 'int one;\n\tint two;\nint three;\n' });
  await git('tag', 'v1');
  await commit('kernel: more', { 'kernel/a.c': 'int one;\n\tint new;\n\tint two;\nint three;\n' });
  await git('tag', 'v2');
  const mail = await git('format-patch', '--stdout', '-1');
  await write('spaces.html', `<html><pre>${mail.replaceAll('\t', '        ')}</pre></html>`);
  const fits = await take(['spaces.html'], { tree: { place: `git:${directory}#v1` } });
  t.deepEqual(fits.problems, []);
  await write('one.patch', `${mail}prerequisite-patch-id: ${'ab'.repeat(20)}\nBased-on: <20240101.1@example.org>\n`);
  const again = await take(['one.patch'], { tree: { place: `dir:${directory}` } });
  t.true(again.problems.some(({ text }) => text.includes('the tree has its changes already')));
  t.true(again.notes.some(({ text }) => /needs first: patch-id (ab){20}, not in the tree/.test(text)));
  t.true(again.notes.some(({ text }) => text.startsWith('needs first: <20240101.1@example.org>')));
  const report = await find(['one.patch'], `git:${directory}`);
  t.deepEqual(report.candidates[0], { name: 'v1', matches: 1, applies: 1 });
  t.deepEqual(report.candidates.at(-1), { name: 'v2', matches: 0, applies: 0 });
});

test('context that differs is told with the fuzz that would do', async (t) => {
  const { take, write } = await importPlace(t);
  const { directory, commit } = await makeRepository(t);
  await commit('base', { 'a.c': 'int other;\nint b;\nint c;\nint d;\nint e;\nint f;\n' });
  const diff =
    '--- a/a.c\n+++ b/a.c\n@@ -1,6 +1,7 @@\n int a;\n int b;\n int c;\n+int new;\n int d;\n int e;\n int f;\n';
  await write('one.patch', patch('one', diff));
  const { problems } = await take(['one.patch'], { tree: { place: `git:${directory}#HEAD` } });
  t.regex(problems[0]?.text ?? '', /does not apply.*; it would with --fuzz 1/s);
});

test('the series file stands for its queue, and what is given twice is read once', async (t) => {
  const { write, take } = await importPlace(t);
  await write('q/series', 'one.patch\n');
  await write('q/one.patch', patch('one', change('net/a.c', 'a')));
  t.deepEqual(titles(await take(['q/series'])), ['one']);
  const twice = await take(['q/one.patch', 'q/one.patch']);
  t.deepEqual(titles(twice), ['one']);
  t.regex(twice.notes[0]?.text ?? '', /given more than once/);
});
