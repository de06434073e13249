/** Bisection on the real kernel over commits and options; that over patches is in tests/kernel/broken-series.test.ts. */
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { defined } from '../../harness/model/index.ts';
import { level, madeByOwn, own, patchesFor, patchMail, realProject, writeQueue } from '../support/broken-series.ts';
import { type Place, program } from '../support/program.ts';

/** A file of the tree, as a commit changes it. */
interface Step {
  readonly subject: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const declare = 'EXPORT_SYMBOL(hex_asc);\n';
const steps: readonly Step[] = [
  { subject: 'lib: sort more', file: 'lib/sort.c', from: 'EXPORT_SYMBOL(sort);', to: 'EXPORT_SYMBOL(sort);\n' },
  { subject: 'lib: bcd more', file: 'lib/bcd.c', from: 'EXPORT_SYMBOL(_bin2bcd);', to: 'EXPORT_SYMBOL(_bin2bcd);\n' },
  {
    subject: 'lib: break the boot',
    file: 'lib/hexdump.c',
    from: declare,
    to: `${declare}\nstatic int __init hex_init(void)\n{\n\tpanic("hexdump: no");\n}\nlate_initcall(hex_init);\n`,
  },
  {
    subject: 'lib: cmdline more',
    file: 'lib/cmdline.c',
    from: 'EXPORT_SYMBOL(get_option);',
    to: 'EXPORT_SYMBOL(get_option);\n',
  },
];

interface History {
  readonly directory: string;
  readonly git: (...words: string[]) => Promise<string>;
  /** The base and a commit for each step. */
  readonly commits: readonly string[];
}

/** A repository of the real tree with a commit for each step; it reads the objects of the prepared tree where they are. */
async function historyOf(t: ExecutionContext, place: Place): Promise<History> {
  const { out, code, err } = await place.run('fetch');
  t.is(code, 0, err);
  const [, tree = '', base = ''] = /^ {2}(\S+) ([0-9a-f]{40})$/m.exec(out) ?? [];
  const directory = path.join(place.directory, 'linux');
  const env = { GIT_CONFIG_GLOBAL: '/dev/null' };
  const git = async (input: string | undefined, ...words: string[]): Promise<string> => {
    const identity = ['-c', 'user.name=A Hacker', '-c', 'user.email=hacker@example.org'];
    const { stdout } = await execa('git', ['-C', directory, ...identity, ...words], {
      env,
      stripFinalNewline: false,
      ...defined({ input }),
    });
    return stdout;
  };
  const say = async (...words: string[]): Promise<string> => (await git(undefined, ...words)).trim();
  await execa('git', ['init', '-q', '-b', 'main', directory], { env });
  await place.write('linux/.git/objects/info/alternates', `${path.join(tree, 'objects')}\n`);
  const commits = [base];
  await git(undefined, 'read-tree', base);
  for (const { subject, file, from, to } of steps) {
    const before = await git(undefined, 'cat-file', 'blob', `:${file}`);
    t.is(before.split(from).length, 2, `${file} has what is replaced once`);
    const blob = (
      await git(
        before.replace(from, () => to),
        'hash-object',
        '-w',
        '--stdin',
      )
    ).trim();
    await git(undefined, 'update-index', '--cacheinfo', `100644,${blob},${file}`);
    const made = await say('write-tree');
    commits.push(await say('commit-tree', made, '-p', commits.at(-1) ?? base, '-m', subject));
  }
  await git(undefined, 'update-ref', 'refs/heads/main', commits.at(-1) ?? base);
  return { directory, git: say, commits };
}

test.serial(
  'over commits of the tree, with the series on top of each, the one that breaks the boot is found',
  async (t) => {
    const place = await realProject(t);
    await writeQueue(place, own, new Map());
    const { git, commits } = await historyOf(t, place);
    const [base = '', , , culprit = ''] = commits;
    const tree = ['--tree', 'linux-6.1=git:linux#main', '--target', 's390x'];
    const { code, out, err } = await place.run('bisect', ...tree, '--range', `${base}..main`, '--boot');
    t.is(code, 1, err);
    t.true(out.includes(`${culprit.slice(0, 12)} (lib: break the boot) is the first bad one`), out);
    t.regex(out, /Kernel panic - not syncing: hexdump: no/);
    const said = await git('bisect', 'replay', path.join(place.directory, '.quiltboot/bisect/latest/git-bisect.log'));
    t.true(said.includes(`${culprit} is the first bad commit`), said);
  },
);

test.serial('git bisect run comes to the same commit with a step', async (t) => {
  const place = await realProject(t);
  await writeQueue(place, own, new Map());
  const { directory, git, commits } = await historyOf(t, place);
  const [base = '', , , culprit = ''] = commits;
  await git('checkout', '-q', '-f', 'main');
  await git('bisect', 'start', 'main', base);
  const command = [...program, '--project', path.join(place.directory, 'quiltboot.yaml'), 'step'];
  const { stdout } = await execa('git', ['bisect', 'run', ...command, '--target', 's390x', '--boot'], {
    cwd: directory,
    env: { ...place.env, GIT_CONFIG_GLOBAL: '/dev/null' },
  });
  t.true(stdout.includes(`${culprit} is the first bad commit`), stdout);
});

test.serial('of the options of a configuration, the one that breaks the boot is found', async (t) => {
  const place = await realProject(t);
  const names = ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE'];
  const options = names.map((name) => `config TASKS_${name}\n\tbool "Option ${name}"\n\n`).join('');
  const { patches } = await patchesFor(t, [
    {
      name: 'options',
      from: level,
      to: `#if defined(CONFIG_TASKS_TWO) && defined(CONFIG_TASKS_FIVE)
static int __init tasks_init(void)\n{\n\tpanic("tasks: two and five");\n}\nlate_initcall(tasks_init);\n#endif\n\n${level}`,
    },
  ]);
  const kconfig = 'kernel/container/Kconfig';
  const before = await madeByOwn(kconfig);
  patches.set('kconfig.patch', patchMail('options', kconfig, before, `${before}\n${options}`));
  await writeQueue(place, own, patches);
  await place.write('all.config', names.map((name) => `CONFIG_TASKS_${name}=y\n`).join(''));
  const { code, out, err } = await place.run('bisect', '--options', 'all.config', '--boot', '--target', 's390x');
  t.is(code, 1, err);
  t.regex(out, /^ *CONFIG_TASKS_FIVE=y, where the good one has n \(all\.config:5\) makes the difference$/m);
  t.regex(out, /^good: 4 of 5 options: CONFIG_TASKS_ONE, CONFIG_TASKS_TWO and 2 more\n {2}it boots$/m);
  t.regex(out, /Kernel panic - not syncing: tasks: two and five/);
});
