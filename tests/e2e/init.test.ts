import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { fakeProject, latestRun, type Place, placeIn } from '../support/program.ts';

/** The miniature kernel as a checkout with a branch of its own. */
async function checkout(t: ExecutionContext): Promise<{ place: Place; git: (...words: string[]) => Promise<string> }> {
  const project = await fakeProject(t, {});
  const directory = path.join(project.directory, 'linux');
  const place: Place = {
    ...project,
    directory,
    run: (...words) => placeIn(directory, project.env).run(...words),
    write: (file, text) => project.write(path.join('linux', file), text),
  };
  const env = {
    GIT_AUTHOR_NAME: 'A Hacker',
    GIT_AUTHOR_EMAIL: 'hacker@example.org',
    GIT_COMMITTER_NAME: 'A Hacker',
    GIT_COMMITTER_EMAIL: 'hacker@example.org',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const git = async (...words: string[]): Promise<string> =>
    (await execa('git', ['-c', 'init.defaultBranch=master', ...words], { cwd: directory, env })).stdout;
  await place.write('Kbuild', '# The top of a kernel.\n');
  await git('init', '-q');
  await git('add', '-A');
  await git('commit', '-qm', 'Linux 6.1.99');
  return { place, git };
}

async function commit({ place, git }: Awaited<ReturnType<typeof checkout>>, file: string, text: string): Promise<void> {
  await place.write(file, text);
  await git('add', file);
  await git('commit', '-qm', `change ${file}\n\nSigned-off-by: A Hacker <hacker@example.org>`);
}

test('a checkout becomes a project by one command, and the series follows its branch', async (t) => {
  const made = await checkout(t);
  const { place, git } = made;
  const early = await place.run('init');
  t.is(early.code, 2);
  t.regex(early.err, /the branch has no commits of its own/);
  await git('checkout', '-qb', 'topic/reel');
  await commit(made, 'kernel/late.c', '#include <linux/kernel.h>\nint reel;\nsay("agent");\n');
  await commit(made, 'kernel/reel-test.c', 'struct kunit_suite reel = { .name = "reel-core" };\n');
  const { code, out, err } = await place.run('init');
  t.is(code, 0, err);
  t.regex(out, /^tree: Linux 6\.1\.99, commit [0-9a-f]{12} \(where it leaves master; --base REF takes another\)$/m);
  t.regex(out, /^series: topic-reel, the 2 commits of topic\/reel from there on, as it moves$/m);
  t.regex(out, /^tests: kunit:reel-core$/m);
  const text = await readFile(path.join(place.directory, 'quiltboot.yaml'), 'utf8');
  t.true(text.includes('fragments: [builtin]'));
  t.regex(text, /git: \{range: "[0-9a-f]{40}\.\.topic\/reel"\}/);

  const applied = await place.run('apply');
  t.is(applied.code, 0, applied.err);
  const names = (await latestRun(place)).series.patches.map(({ name }) => name);
  t.deepEqual(names, ['change-kernel-late.c.patch', 'change-kernel-reel-test.c.patch']);
  await commit(made, 'kernel/fork.c', 'int reel_again;\n');
  await place.run('apply');
  t.is((await latestRun(place)).series.patches.length, 3);

  await commit(made, 'tools/testing/selftests/quilt/seams.c', 'int main(void) { return 0; }\n');
  const tests = (await place.run('init', '--force')).out;
  // Where a target has no static C library, that is said instead.
  t.regex(tests, /^tests: (?:kselftest:quilt kunit:reel-core|not kselftest:quilt: .*apt-get install .*)$/m);

  const again = await place.run('init');
  t.is(again.code, 2);
  t.regex(again.err, /quiltboot\.yaml is there already/);
  await git('checkout', '-q', 'master');
  await commit(made, 'kernel/ipi.c', 'int ipi_again;\n');
  await git('checkout', '-q', 'topic/reel');
  await git('merge', '-q', '--no-edit', 'master');
  const merged = await place.run('apply');
  t.is(merged.code, 2);
  t.regex(merged.err, /has a merge \([0-9a-f]{12}\), which is no patch/);
});
