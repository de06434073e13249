import test from 'ava';
import { changeSched, emptyPlace, fakeProject, mail, schedLine } from '../support/program.ts';

const good = { 'one.patch': mail('say more', changeSched(schedLine, 'say("log sched: set");')) };

const mistakes: readonly [string, readonly string[], RegExp][] = [
  [
    'a series',
    ['run', 'mnie'],
    /there is no series "mnie"; did you mean mine\?|there is no series "mnie"; did you mean "mine"\?/,
  ],
  ['a tree', ['run', '--tree', 'minni'], /there is no tree "minni"; did you mean "mini"\?/],
  ['a target', ['run', '--target', 's390y'], /there is no target "s390y"; did you mean "s390x?"\?/],
  ['a suite', ['run', '--suite', 'nosuch'], /there is no suite "nosuch"/],
  ['a configuration', ['run', '--config', 'debgu'], /there is no configuration "debgu"/],
  ['points', ['run', '--points', '7'], /--points 7: there are points 0 to 1/],
  ['a format', ['run', '--format', 'junti'], /unknown format "junti"; did you mean "junit"\?/],
  ['an option', ['run', '--traget', 'x'], /unknown option '--traget'\n\(Did you mean --target\?\)/],
  ['a command', ['rnu'], /unknown command 'rnu'\n\(Did you mean run\?\)/],
  ['an override', ['run', '--tree', 'mini=svn:x'], /git:|dir:|tar:/],
  ['a project file', ['run', '--project', 'nosuch.yaml'], /there is no project file .*nosuch\.yaml/],
  ['a stored run', ['report', 'nosuch'], /no stored run at/],
  ['suites of a test', ['test', 'none'], /the series none has no suites, so there is nothing to test/],
  ['a dialect of a series', ['test', 'mine', '--dialect', 'x'], /--dialect is for --kernel: what a series speaks/],
  [
    'a point of a given kernel',
    ['test', '--kernel', 'x', '--target', 'x86_64', '--points', '3'],
    /--points is about the points of a series, and a kernel that is given has none/,
  ],
  ['the target of a shard', ['run', '--shard', 'x86_46:0..1'], /--shard names no cell.*\n.*did you mean x86_64\?/],
  ['fuzz', ['run', '--fuzz', '3'], /expected 0, 1 or 2 lines/],
  ['jobs', ['run', '-j', 'many'], /expected a whole number from 1/],
];

for (const [what, words, expected] of mistakes) {
  test(`${what} that does not exist is a sentence, not a stack, and ends with 2`, async (t) => {
    const place = await fakeProject(t, good);
    const { code, out, err } = await place.run(...words);
    t.regex(err, expected);
    t.is(code, 2, err);
    t.false(/^\s+at .*:\d+:\d+/m.test(err), err);
    t.is(out, '');
  });
}

test('a mistake in the project file has its place', async (t) => {
  const place = await fakeProject(t, good);
  await place.write(
    'quiltboot.yaml',
    'version: 1\ndefaults: {series: none, tree: a, targets: [x86_64]}\ntrees:\n  a: {base: "1", drectory: .}\n',
  );
  const { code, err } = await place.run('run');
  t.is(code, 2);
  t.regex(err, /quiltboot\.yaml:4:18: unknown key "drectory" in trees\.a; did you mean "?directory"?\?/);
});

test('a target of the project file that there is not has its place, wherever it stands', async (t) => {
  const project = (more: string, ofTree = ''): string =>
    `version: 1\ndefaults: {series: none, tree: a, targets: [x86_64]}\ntrees:\n  a: {base: "1", directory: .${ofTree}}\n${more}`;
  const place = await fakeProject(t, good);
  for (const [text, where] of [
    [project('', ', targetFragments: {x86_46: [a.config]}'), '4:50'],
    [project('machines: {x86_46: {cpus: 1}}\n'), '5:12'],
    [project('configurations: {c: {"1": {targets: {x86_46: [a]}}}}\n'), '5:38'],
    [project('toolchains: {c: {targetFlags: {x86_46: [-O2]}}}\n'), '5:32'],
    [project('toolchains: {c: {targetLinkerFlags: {x86_46: [-z]}}}\n'), '5:38'],
  ] as const) {
    await place.write('quiltboot.yaml', text);
    const { code, err } = await place.run('run');
    t.is(code, 2, text);
    t.regex(err, new RegExp(`quiltboot\\.yaml:${where}: there is no target "x86_46"; did you mean "x86_64"`), text);
  }
});

test('every command explains itself with examples', async (t) => {
  const place = await emptyPlace(t);
  const { code, out } = await place.run('--help');
  t.is(code, 0);
  const commands = [...out.matchAll(/^ {2}([a-z][a-z0-9-]*) (?:\[|<|\s)/gm)]
    .map((match) => match[1] ?? '')
    .filter((name) => name !== 'help');
  t.true(commands.length >= 17, commands.join(' '));
  for (const name of commands) {
    const help = await place.run(name, '--help');
    t.is(help.code, 0);
    t.regex(help.out, /Examples:\n {2}\$ quiltboot /, name);
  }
});

test('an option that the tree lacks is a mistake, however many points are built with it', async (t) => {
  const place = await fakeProject(t, good);
  await place.write('base.config', 'CONFIG_PRINTK=y\nCONFIG_SMPP=y\n');
  for (const points of ['0', '0..1']) {
    const { code, out } = await place.run('build', '--points', points);
    t.is(code, 2, out);
    t.regex(out, /base\.config:2: CONFIG_SMPP=y was asked for/);
    t.regex(out, /this tree has no such option; the nearest name is SMP/);
    t.regex(out, /^verdict: mistake/m);
  }
});
