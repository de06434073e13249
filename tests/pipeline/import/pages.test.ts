import test from 'ava';
import { readCommitFile } from '../../../harness/host/git/commit-files.ts';
import { archiveLayouts } from '../../../scripts/pages/archives.ts';
import { judgeLayout, treeOf } from '../../../scripts/pages/judge.ts';
import { gitDirectoryOf, readShown } from '../../../scripts/pages/read.ts';
import { repositoryLayouts } from '../../../scripts/pages/repositories.ts';
import { makeRepository, type TestRepository } from '../../support/repository.ts';

const layouts = [...repositoryLayouts, ...archiveLayouts];

const before = `// Written by Bob <bob@example.net>, see "list" at example.com
#include <linux/list.h>

#define SHORT\t1
#define A_LONGER_ONE\t22\t/* two */

static int count(struct task_struct *task)
{
\tint ret = 0;

\tif (task == current || !task->mm)
\t\treturn -EINVAL;

\tspin_lock(&current->alloc_lock);
\tif (ret < 10 && ret > -1)
\t\tret++;
\tspin_unlock(&current->alloc_lock);
        /* eight spaces, not a tab */
\treturn ret;
}

struct rule rules[] = {
\t{ .name\t= "one",\t.value = 1 },
\t{ .name\t= "two",\t.value = 2 },
};
`;

/** Commits with what renderings damage: tabs of all sorts, addresses, references, ends of files, blank lines. */
async function fill(repository: TestRepository): Promise<void> {
  const signed = '\n\nSigned-off-by: Ann Author <ann@example.org>';
  const { commit } = repository;
  await commit('base', {
    'kernel/a.c': before,
    'drivers/net/b.c': 'int b1;\nint b2;\n\nint b3;',
    Makefile: 'all:\n\techo "<&>"\n',
  });
  await commit(`kernel: count more${signed}`, {
    'kernel/a.c': before
      .replace('ret < 10', 'ret < 20 && ret != 7')
      .replace('\t\tret++;', '\t\tret += 2;\t/* by Bob <bob@example.net> */\n\t\tsay("cpu@0");')
      .replace('\treturn ret;\n}', '\treturn ret;\n}\n\nstatic int more(void)\n{\n\treturn &current->pid != 0;\n}'),
  });
  await commit(`net: a last line${signed}\n\nTested-by: Eve <eve@example.com>`, {
    'drivers/net/b.c': 'int b1;\nint b2;\n\nint b3;\n\nint b4;\n',
    'include/linux/new.h':
      '#ifndef NEW_H\n#define NEW_H\t1\n\n/* Ann Author <ann@example.org> */\nstruct new {\n\tint one;\t/* first */\n};\n#endif /* NEW_H */\n',
  });
  await commit(`Makefile: say it, remove what is not used${signed}`, {
    Makefile: 'all:\n\techo "<&>"\n\n\techo done\n',
    'drivers/net/b.c': undefined,
  });
}

test('pages of fourteen layouts come out exact with the tree', async (t) => {
  const repository = await makeRepository(t);
  await fill(repository);
  const commits = await readShown(repository.directory, 'HEAD~3..HEAD');
  t.is(commits.length, 3);
  t.is(layouts.length, 14);
  const { signal } = new AbortController();
  for (const commit of commits) {
    for (const layout of layouts) {
      const tree = treeOf((path) => readCommitFile(`${repository.directory}/.git`, commit.parent, path, signal));
      const { verdict, why } = await judgeLayout(layout, commit, tree);
      t.is(verdict, 'exact', `${layout.name}, ${commit.title}: ${why}`);
    }
  }
});

test('without a tree a page is exact, or something is said of it', async (t) => {
  const repository = await makeRepository(t);
  await fill(repository);
  for (const commit of await readShown(repository.directory, 'HEAD~3..HEAD')) {
    for (const layout of layouts) {
      const { verdict, why } = await judgeLayout(layout, commit, undefined);
      t.not(verdict, 'wrong', `${layout.name}, ${commit.title}: ${why}`);
    }
  }
});

test('the commits to render may be in a checkout, a work tree of it, or a bare repository', async (t) => {
  const { directory, git, commit } = await makeRepository(t);
  await commit('base', { 'a.c': 'int a;\n' });
  await git('clone', '-q', '--bare', '.', 'bare.git');
  await git('worktree', 'add', '-q', 'other');
  for (const place of [directory, `${directory}/other`, `${directory}/bare.git`]) {
    const repository = await gitDirectoryOf(place);
    const { signal } = new AbortController();
    t.is(await readCommitFile(repository, 'HEAD', 'a.c', signal), 'int a;\n', place);
  }
  await t.throwsAsync(gitDirectoryOf('/'), { message: /^\/ is no git repository/ });
});
