import test from 'ava';
import { Command } from 'commander';
import { makeProgram } from '../../../harness/commands/program.ts';
import { invocationOf, selectionOptions, withSelection } from '../../../harness/commands/selection.ts';
import { loadProject } from '../../../harness/pipeline/project.ts';
import { reproduceCommand } from '../../../harness/pipeline/run/reproduce.ts';
import { select } from '../../../harness/pipeline/run/select.ts';
import { silentIo } from '../../support/io.ts';

const flags = Object.values(selectionOptions).map((row) => row.flags);

test('every command that works on a series has every selection option', (t) => {
  const { commands } = makeProgram(silentIo, '0', () => undefined);
  const selecting = commands.filter((one) => one.registeredArguments.some((argument) => argument.name() === 'series'));
  const names = selecting.map((one) => one.name()).sort();
  t.deepEqual(names, 'apply bisect boot build check configure lint-includes plan run shell step test'.split(' '));
  for (const command of selecting) {
    const own = command.options.map((one) => one.flags);
    for (const one of flags) t.true(own.includes(one), `${command.name()} lacks ${one}`);
  }
});

test('the command that reproduces a failure selects what was selected', async (t) => {
  const words =
    '--tree linux-6.1=git:../linux#v6.1 --target s390x --config debug --toolchain gcc-11-2.6.22 --cpus 4 --without-fix kmod-include --fuzz 1';
  const read = (text: readonly string[]) =>
    withSelection(new Command('run').option('--points <which>').option('--fresh')).parse([...text], { from: 'user' });
  const options = read(words.split(' ')).opts();
  const project = await loadProject('/');
  const selection = select(project, {
    tree: options['tree'] as string,
    configuration: 'debug',
    withoutFix: 'kmod-include',
  });
  const invocation = invocationOf({ cwd: '/project' }, selection, options, {});
  const again = read(reproduceCommand(invocation, 8, 's390x', 'boot').replaceAll("'", '').split(' ').slice(2)).opts();
  t.deepEqual({ ...again, points: undefined, fresh: undefined }, { ...options, points: undefined, fresh: undefined });
  t.is(reproduceCommand(invocation, 8, 's390x', 'boot').split(' ')[2], 'container');
});

test('a choice that came from the project is written out, for its defaults may change', async (t) => {
  const project = await loadProject('/');
  const selection = select(project, {});
  t.is(
    reproduceCommand(invocationOf({ cwd: '/project' }, selection, {}, { project: 'my own.yaml' }), 3, 'i386', 'build'),
    "quiltboot build container --tree linux-6.1 --target i386 --points 2..3 --project 'my own.yaml' --keep-going --fresh",
  );
});

test('a series that names its tree is for that one, unless another is asked for', async (t) => {
  const project = await loadProject('/');
  t.is(select(project, { series: 'resource' }).recipe.name, 'linux-6.1-containers');
  t.is(select(project, { series: 'resource', tree: 'linux-6.1' }).recipe.name, 'linux-6.1');
  t.is(select(project, { series: 'container' }).recipe.name, 'linux-6.1');
});
