import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { detail } from '../support/detail.ts';
import { addCfile, fakeProject, mail, type Place, program, withFakeQemu } from '../support/program.ts';

const onTop = {
  'top.patch': mail('say more', addCfile('kernel/late.c', 'say("agent");', 'say("log top");', 'say("agent");')),
};

interface Repository {
  readonly place: Place;
  readonly state: string;
  readonly git: (...words: string[]) => Promise<string>;
  /** Replaces text in a file of the tree and commits that; resolves with the commit. */
  readonly commit: (subject: string, file: string, from: string, to: string) => Promise<string>;
}

/** The miniature kernel as a repository with one commit, and a series of one patch. */
async function repository(t: ExecutionContext): Promise<Repository> {
  t.timeout(300_000);
  const { place, state } = await withFakeQemu(t, await fakeProject(t, onTop));
  const cwd = path.join(place.directory, 'linux');
  const git = async (...words: string[]): Promise<string> => {
    const identity = ['-c', 'user.name=A Hacker', '-c', 'user.email=hacker@example.org'];
    return (await execa('git', [...identity, ...words], { cwd, env: { GIT_CONFIG_GLOBAL: '/dev/null' } })).stdout;
  };
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'Linux');
  return {
    place,
    state,
    git,
    async commit(subject, file, from, to) {
      const whole = path.join(cwd, file);
      const before = await readFile(whole, 'utf8');
      if (!before.includes(from)) throw new Error(`${file} does not contain ${from}`);
      await writeFile(
        whole,
        before.replace(from, () => to),
      );
      await git('commit', '-q', '-a', '-m', subject);
      return await git('rev-parse', 'HEAD');
    },
  };
}

const ready = 'say("log sched: ready");';

test('in a range with a merge, and the series on top, the commit is found and git agrees', async (t) => {
  const { place, git, commit } = await repository(t);
  const good = await git('rev-parse', 'HEAD');
  await commit('sched: one', 'kernel/sched.c', ready, `${ready}\nsay("log one");`);
  await git('checkout', '-q', '-b', 'side', good);
  await commit('fork: two', 'kernel/fork.c', 'task->pid++;', 'task->pid += 1;');
  const culprit = await commit(
    'fork: break it',
    'kernel/fork.c',
    'void fork_init',
    'say("panic the side branch");\nvoid fork_init',
  );
  await git('checkout', '-q', 'main');
  // Here the series does not apply, which says nothing about the failure.
  await commit(
    'late: in the way',
    'kernel/late.c',
    'say("agent");',
    'say("log in the way");\nsay("agent"); /* moved */',
  );
  await commit('late: back', 'kernel/late.c', 'say("log in the way");\nsay("agent"); /* moved */', 'say("agent");');
  await git('merge', '-q', '--no-edit', 'side');
  await commit('sched: last', 'kernel/sched.c', 'say("log one");', 'say("log one more");');

  const tree = ['--tree', 'mini=git:linux#main'];
  const { code, out, err } = await place.run('bisect', ...tree, '--range', `${good.slice(0, 12)}..main`, '--boot');
  t.is(code, 1, err);
  t.true(out.includes(`${culprit.slice(0, 12)} (fork: break it) is the first bad one`), out);
  t.regex(out, /Kernel panic - not syncing: the side branch/);
  t.regex(out, /reproduce: quiltboot run mine --tree 'mini=git:\S+#[0-9a-f]{40}' --target x86_64 --points 1 --fresh/);
  t.is((err.match(/\d+ objects? compiled/g) ?? []).length > 1, true);
  t.regex(err, /build .* [1-4] objects? compiled/, 'the second build goes on from the first');
  const said = await git('bisect', 'replay', path.join(place.directory, '.quiltboot/bisect/latest/git-bisect.log'));
  t.true(said.includes(`${culprit} is the first bad commit`), said);
});

detail('a range whose ends do not fit is explained', async (t) => {
  const { place, git, commit } = await repository(t);
  const base = await git('rev-parse', 'HEAD');
  const one = await commit('one', 'kernel/sched.c', ready, `${ready}\nsay("log one");`);
  await git('checkout', '-q', '-b', 'other', base);
  await commit('two', 'kernel/fork.c', 'task->pid++;', 'task->pid += 1;');
  const run = (range: string) => place.run('bisect', '--tree', 'mini=git:linux#main', '--range', range, '--build');
  const cases: readonly [string, RegExp][] = [
    ['main..other', new RegExp(`is not an ancestor of .*\\n {2}begin at what they have in common: ${base}`)],
    ['nosuch..main', /has no commit nosuch/],
    ['main', /--range main: expected GOOD\.\.BAD/],
    [`${one}..main`, /both ends are the commit/],
  ];
  for (const [range, expected] of cases) {
    const { code, err } = await run(range);
    t.is(code, 2, err);
    t.regex(err, expected);
  }
});

detail('a step says 0, 1, 125 or 128, and git bisect run comes to the right commit with it', async (t) => {
  const { place, state, git, commit } = await repository(t);
  const good = await git('rev-parse', 'HEAD');
  await commit('one', 'kernel/sched.c', ready, `${ready}\nsay("log one");`);
  const broken = await commit('does not build', 'kernel/fork.c', 'task->pid++;', 'task->pid += missing;');
  await commit('builds again', 'kernel/fork.c', 'task->pid += missing;', 'task->pid++;');
  const culprit = await commit('break it', 'kernel/sched.c', 'say("log one");', 'say("panic here");');
  await commit('last', 'kernel/fork.c', 'task->pid++;', 'task->pid += 1;');
  const step = (...words: string[]) => place.run('step', '--dir', 'linux', ...words);

  const bad = await step('--boot');
  t.is(bad.code, 1, bad.err);
  t.regex(bad.out, /^bad: the kernel does not boot: .*here/);
  await git('checkout', '-q', good);
  const fine = await step('mine', '--boot');
  t.is(fine.code, 0, fine.err);
  t.is(fine.out, 'good: it boots');
  await git('checkout', '-q', broken);
  t.is((await step('--boot')).code, 125);
  t.is((await step('--build')).code, 1, 'there it is what is looked for');
  await git('checkout', '-q', good);

  // git takes everything from 1 to 127 but 125 for a bad commit.
  for (const words of [
    ['--boot', '--traget', 'x'],
    ['--log', '('],
    [],
    ['--tree', 'nosuch', '--boot'],
    ['--warning'],
  ]) {
    const { code, err } = await step(...words);
    t.is(code, 128, err);
  }
  t.is((await place.run('--cache', 'cache', '--quiet', 'step', '--dir', 'nowhere', '--boot')).code, 128);
  await commit('needs the machine', 'kernel/sched.c', ready, `${ready}\nsay("needs-machine");`);
  await writeFile(path.join(state, 'broken'), '');
  const host = await step('--boot');
  t.is(host.code, 125, host.err);
  await rm(path.join(state, 'broken'));

  const command = [...program, '--project', path.join(place.directory, 'quiltboot.yaml'), 'step', '--boot'];
  await git('checkout', '-q', 'main');
  await git('bisect', 'start', 'main', good);
  const { stdout } = await execa('git', ['bisect', 'run', ...command], {
    cwd: path.join(place.directory, 'linux'),
    env: place.env,
  });
  t.true(stdout.includes(`${culprit} is the first bad commit`), stdout);
});

detail('of the options of a configuration the one that makes it fail is found, whatever depends on what', async (t) => {
  t.timeout(300_000);
  const { place } = await withFakeQemu(t, await fakeProject(t, onTop));
  const late = path.join(place.directory, 'linux/kernel/late.c');
  const check = '#ifdef CONFIG_DEBUG_LIST\nsay("panic a list is broken");\n#endif\n\n/* The last';
  await writeFile(late, (await readFile(late, 'utf8')).replace('/* The last', check));
  await writeFile(
    path.join(place.directory, 'patches/top.patch'),
    mail(
      'say more',
      addCfile('kernel/late.c', 'say("agent");', 'say("log top");', 'say("agent");').replace(
        '@@ -3,2 +3,3 @@',
        '@@ -7,2 +7,3 @@',
      ),
    ),
  );
  await place.write(
    'much.config',
    'CONFIG_DEBUG_LIST=y\nCONFIG_SMP=y\nCONFIG_NR_CPUS=4\nCONFIG_DEFAULT_HOSTNAME="mini"\nCONFIG_DEBUG_KERNEL=y\nCONFIG_PRINTK=y\n',
  );
  const { code, out, err } = await place.run('bisect', '--options', 'much.config', '--boot');
  t.is(code, 1, err);
  t.regex(out, /CONFIG_DEBUG_LIST=y, where the good one has n \(.*much\.config:1\)/);
  t.notRegex(out.split('tested:')[0] ?? '', /^ {2}CONFIG_(?!DEBUG)/m, 'nothing is blamed that has no part in it');
  t.regex(out, /Kernel panic - not syncing: a list is broken/);
  t.regex(out, /unknown +2 of 5 options: CONFIG_DEBUG_LIST, CONFIG_SMP/);

  await place.write('little.config', 'CONFIG_DEBUG_KERNEL=y\n');
  const near = await place.run('bisect', '--options', 'much.config', '--against', 'little.config', '--boot');
  t.regex(near.out, /^CONFIG_DEBUG_LIST=y, where the good one has n .* makes the difference$/m, near.err);

  await place.write('lost.config', 'CONFIG_DEBUG_LIST=y\n');
  const lost = await place.run('bisect', '--options', 'lost.config', '--boot');
  t.is(lost.code, 2);
  t.regex(lost.err, /can’t be judged, and it is an end .*did not survive: CONFIG_DEBUG_LIST/);
  t.regex(lost.err, /DEBUG_KERNEL/);
  const same = await place.run('bisect', '--options', 'base.config', '--boot');
  t.regex(same.err, /base\.config changes nothing/);
});
