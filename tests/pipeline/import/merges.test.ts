import test, { type ExecutionContext } from 'ava';
import { importPlace, titlesOf as titles } from '../../support/import-place.ts';
import { makeRepository, type TestRepository } from '../../support/repository.ts';

const lines = (word: string): string => ['one', 'two', word, 'four', 'five', ''].join('\n');

/** A repository with two branches that change `side` and `main` files, ready to be merged. */
async function twoBranches(t: ExecutionContext, same: boolean): Promise<TestRepository & { readonly base: string }> {
  const repository = await makeRepository(t);
  const { git, commit } = repository;
  const base = await commit('base', { 'a.c': lines('three'), 'b.c': lines('three') });
  await git('checkout', '-q', '-b', 'side');
  await commit('side: change', { 'b.c': lines('side') });
  await git('checkout', '-q', 'main');
  await commit('main: change', { [same ? 'b.c' : 'a.c']: lines('main') });
  return { ...repository, base };
}

test('a merge that resolves a conflict is a problem that names it and the file', async (t) => {
  const { take } = await importPlace(t);
  const { directory, git, commit, base } = await twoBranches(t, true);
  await t.throwsAsync(git('merge', '-q', '--no-ff', '-m', 'Merge side', 'side'));
  const merge = await commit('Merge side', { 'b.c': lines('both') });
  const before = await git('count-objects');
  const result = await take([`git:${directory}#${base}..main`]);
  t.deepEqual(titles(result), ['side: change', 'main: change']);
  t.deepEqual(result.problems, [
    {
      source: `git:${directory}@${merge.slice(0, 12)}`,
      text: 'the merge "Merge side" resolves conflicts in b.c; no patch holds that, so the queue need not apply: make a branch without this merge (git rebase) and import that',
    },
  ]);
  t.is(await git('count-objects'), before);
});

test('what a merge changes on top of what git merges is a patch of the queue, which gives the tree of the range', async (t) => {
  const { take, directory: place } = await importPlace(t);
  const { directory, git, base } = await twoBranches(t, false);
  await git('merge', '-q', '--no-ff', '-m', 'Merge side', 'side');
  await git('rm', '-q', 'a.c');
  await git('commit', '-q', '--amend', '-m', 'Merge side, without a.c');
  const result = await take([`git:${directory}#${base}..main`]);
  t.deepEqual(titles(result), ['side: change', 'main: change', 'Merge side, without a.c']);
  t.deepEqual(result.problems, []);
  t.true(
    result.notes.some(({ text }) => /^the merge "Merge side, without a\.c" changes something by itself/.test(text)),
  );
  const tree = await git('rev-parse', 'main^{tree}');
  await git('checkout', '-q', base);
  for (const { file } of result.patches) await git('apply', '--index', `${place}/patches/x/${file}`);
  t.is(await git('write-tree'), tree);
});

test('merges of several branches, and those that git makes by itself, are left out with a note', async (t) => {
  const { take } = await importPlace(t);
  const { directory, git, commit, base } = await twoBranches(t, false);
  await git('checkout', '-q', '-b', 'third', base);
  await commit('third: change', { 'c.c': 'int c;\n' });
  await git('checkout', '-q', 'main');
  await git('merge', '-q', '--no-ff', '-m', 'Merge both', 'side', 'third');
  const result = await take([`git:${directory}#${base}..main`]);
  t.is(result.patches.length, 3);
  t.deepEqual(result.problems, []);
  t.true(result.notes.some(({ text }) => text === 'merges are not patches: 1 left out'));
  await git('rm', '-q', 'c.c');
  await git('commit', '-q', '--amend', '-m', 'Merge both, but for c.c');
  const without = await take([`git:${directory}#${base}..main`]);
  t.deepEqual(titles(without).at(-1), 'Merge both, but for c.c');
  t.is(without.patches.length, 4);
  t.deepEqual(without.problems, []);
});

test('a change that two branches make is a problem: only one of the two patches applies', async (t) => {
  const { take } = await importPlace(t);
  const { directory, git, commit, base } = await twoBranches(t, false);
  await git('cherry-pick', 'side');
  const picked = await git('rev-parse', 'HEAD');
  await git('merge', '-q', '--no-ff', '-m', 'Merge side', 'side');
  const result = await take([`git:${directory}#${base}..main`]);
  t.is(result.patches.length, 3);
  t.is(result.problems.length, 1);
  t.regex(result.problems[0]?.text ?? '', /^"side: change" makes the change of [0-9a-f]{12} again, on another branch/);
  // One that stands on the other was taken back in between.
  await git('reset', '-q', '--hard', picked);
  await git('revert', '--no-edit', 'HEAD');
  await commit('side: again', { 'b.c': lines('side') });
  await git('checkout', '-q', '-b', 'third', base);
  await commit('third: change', { 'c.c': 'int c;\n' });
  await git('checkout', '-q', 'main');
  await git('merge', '-q', '--no-ff', '-m', 'Merge third', 'third');
  t.deepEqual((await take([`git:${directory}#${base}..main`])).problems, []);
});
