import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { select } from '../../../harness/pipeline/run/select.ts';
import { builtinFragments } from '../../../harness/project/builtin.ts';
import { parseProject } from '../../../harness/project/index.ts';
import { bootTargets, findTarget } from '../../../harness/targets/index.ts';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', 'kconfig');

test('every era has fragments for every target, and each is there', (t) => {
  for (const base of ['2.6.22', '2.6.24', '2.6.39', '4.19', '5.10', '6.1', '6.12', 'next']) {
    const { all, targets } = builtinFragments(base, folder);
    for (const file of [...all, ...Object.values(targets).flat()]) t.true(existsSync(file), `${base}: ${file}`);
  }
  t.deepEqual(builtinFragments('6.1.5', '/k').all, ['/k/6.1/base.config']);
  const boots = bootTargets.map(({ name }) => name).sort();
  t.deepEqual(Object.keys(builtinFragments('6.1.5', '/k').targets).sort(), boots, 'whatever boots has a console');
  t.deepEqual(builtinFragments('2.6.24', '/k').targets, {
    x86_64: ['/k/2.6.22/x86_64.config'],
    i386: ['/k/2.6.22/i386.config'],
    s390x: ['/k/2.6.24/s390x.config'],
  });
  t.deepEqual(builtinFragments('2.6.22', '/k').targets['s390x'], ['/k/2.6.22/s390x.config']);
});

test('the word stands for them, and what a user adds comes on top, a configuration last', (t) => {
  const text = `version: 1
defaults: {series: mine, tree: linux, targets: [x86_64]}
trees:
  linux: {base: "6.1", debian: linux-source-6.1, fragments: [builtin, own.config], targetFragments: {x86_64: [x.config]}}
series:
  mine: {bases: {"6.1": {}}}
configurations:
  debug: {"6.1": {all: [debug.config]}}
`;
  const project = parseProject(text, '/project/quiltboot.yaml', '/k');
  const fragments = select(project, { configuration: 'debug' }).fragments(findTarget('x86_64'));
  t.deepEqual(
    fragments.map((one) => [one.path, one.overrides ?? false, one.last ?? false]),
    [
      ['/k/6.1/base.config', false, false],
      ['/k/6.1/x86_64.config', false, false],
      ['/project/own.config', true, false],
      ['/project/x.config', true, false],
      ['/project/debug.config', true, true],
    ],
  );
});
