import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { describeError, UserError } from '../../../harness/model/index.ts';
import { parseProject } from '../../../harness/project/index.ts';

const good = `version: 1
defaults: {series: mine, tree: linux, targets: [x86_64]}
toolchains:
  old: {cc: gcc-11, flags: [-std=gnu89]}
trees:
  linux:
    base: "6.1"
    debian: linux-source-6.1
    toolchain: old
    fragments: [base.config]
series:
  mine:
    bases:
      "6.1":
        queue: patches/mine
        fragments: [one.config, {file: two.config, from: b.patch}]
        features: {thing: a.patch}
`;

function complaint(text: string): string {
  try {
    parseProject(text, '/project/quiltboot.yaml');
  } catch (error) {
    if (error instanceof UserError) return describeError(error);
    throw error;
  }
  return 'accepted';
}

test('paths become absolute and start at the project file', (t) => {
  const project = parseProject(good, '/project/quiltboot.yaml');
  t.deepEqual(project.trees['linux']?.fragments, ['/project/base.config']);
  const spec = project.series['mine']?.['6.1'];
  t.is(spec?.directory, '/project/patches/mine');
  t.deepEqual(
    spec?.fragments.map(({ path, from }) => [path, from]),
    [
      ['/project/one.config', undefined],
      ['/project/two.config', 'b.patch'],
    ],
  );
  t.deepEqual(spec?.fragments[1]?.location, { file: '/project/quiltboot.yaml', line: 16, column: 33 });
});

test('a quilt layer and what it takes from the project', (t) => {
  const layer = '{directory: mm, minus: [a.patch], refreshed: refreshed/mm}';
  const text = good.replace('toolchain: old', `toolchain: old\n    fuzz: 2\n    quilt: ${layer}`);
  const tree = parseProject(text, '/project/quiltboot.yaml').trees['linux'];
  t.is(tree?.fuzz, 2);
  t.deepEqual(tree?.quilt, {
    source: { directory: '/project/mm' },
    minus: ['a.patch'],
    refreshed: '/project/refreshed/mm',
  });
});

test('a toolchain keeps what it does not name from the plain one', (t) => {
  const { toolchains } = parseProject(good, '/project/quiltboot.yaml');
  t.is(toolchains['old']?.cc, 'gcc-11');
  t.is(toolchains['old']?.hostcc, 'gcc');
  t.is(toolchains['gcc']?.cc, 'gcc');
});

test('a series whose tree is unknown is told with its place', (t) => {
  const text = complaint(good.replace('  mine:\n', '  mine:\n    tree: linus\n'));
  t.regex(text, /quiltboot\.yaml:13:11/);
  t.regex(text, /unknown tree "linus"; did you mean "linux"\?/);
});

test('a series without a queue has no directory', (t) => {
  const text = good.replace('        queue: patches/mine\n', '').replace('thing: a.patch', 'thing: base');
  const spec = parseProject(text, '/project/quiltboot.yaml').series['mine']?.['6.1'];
  t.is(spec?.directory, undefined);
  t.is(spec?.features['thing']?.patch, 'base');
});

const mistakes: readonly [string, (text: string) => string, string][] = [
  [
    'a mistyped key',
    (text) => text.replace('debian:', 'debain:'),
    '/project/quiltboot.yaml:8:5: unknown key "debain" in trees.linux; did you mean "debian"?',
  ],
  [
    'a key that nothing resembles',
    (text) => text.replace('version: 1', 'version: 1\nzzz: 1'),
    '/project/quiltboot.yaml:2:1: unknown key "zzz" in the project file',
  ],
  ['a missing key', (text) => text.replace('    base: "6.1"\n', ''), 'missing key "base" in trees.linux'],
  [
    'a wrong type',
    (text) => text.replace('[base.config]', '3'),
    '/project/quiltboot.yaml:10:16: trees.linux.fragments: expected a list, found 3',
  ],
  [
    'an unknown toolchain',
    (text) => text.replace('toolchain: old', 'toolchain: odl'),
    '/project/quiltboot.yaml:9:16: unknown toolchain "odl"; did you mean "old"?',
  ],
  [
    'an unknown default tree',
    (text) => text.replace('tree: linux', 'tree: linus'),
    '/project/quiltboot.yaml:2:32: unknown tree "linus"; did you mean "linux"?',
  ],
  [
    'two sources',
    (text) => text.replace('debian: linux-source-6.1', 'debian: a\n    directory: b'),
    'exactly one source: debian, tarball, git or directory',
  ],
  [
    'a bad sum',
    (text) => text.replace('debian: linux-source-6.1', 'tarball: {url: x, sha256: "12"}'),
    'trees.linux.tarball.sha256: expected a sha256 sum: 64 lower-case hexadecimal digits, found "12"',
  ],
  ['broken YAML', (text) => text.replace('[x86_64]', '[x86_64'), '/project/quiltboot.yaml:'],
  [
    'another version',
    (text) => text.replace('version: 1', 'version: 2'),
    '/project/quiltboot.yaml:1:10: version: expected 1, found 2',
  ],
  [
    'a variant that says twice what it takes away',
    (text) =>
      text.replace(
        'features:',
        'variants: {v: {from: a.patch, patch: x, remove: {file: a.c, line: x}}}\n        features:',
      ),
    'series.mine.bases.6.1.variants.v: expected exactly one of remove, patch',
  ],
  [
    'context that would not hold anything',
    (text) => text.replace('toolchain: old', 'toolchain: old\n    fuzz: 3'),
    'trees.linux.fuzz: expected',
  ],
  ['a series named none', (text) => text.replaceAll('mine:', 'none:'), '"none" is the built-in empty series'],
];

for (const [what, spoil, expected] of mistakes) {
  test(`${what} is named with its place and what is allowed`, (t) => {
    const said = complaint(spoil(good));
    t.true(said.includes(expected), said);
    t.regex(said, /^\/project\/quiltboot\.yaml:\d+:\d+: /);
  });
}

test("the project's own file is whole: every fragment, queue and suite directory that it names is there", async (t) => {
  const file = path.resolve(import.meta.dirname, '../../../quiltboot.yaml');
  const { trees, series, configurations } = parseProject(await readFile(file, 'utf8'), file);
  const named = [
    ...Object.values(trees).flatMap(({ fragments, targetFragments, queue }) => [
      ...fragments,
      ...Object.values(targetFragments).flat(),
      ...(queue === undefined ? [] : [queue]),
    ]),
    ...Object.values(series).flatMap((bases) =>
      Object.values(bases).flatMap(({ directory, fragments }) => [
        ...(directory === undefined ? [] : [directory]),
        ...fragments.map((fragment) => fragment.path),
      ]),
    ),
    ...Object.values(configurations).flatMap(({ fragments }) =>
      Object.values(fragments).flatMap(({ all, targets }) => [...all, ...Object.values(targets).flat()]),
    ),
  ];
  t.true(named.length > 40);
  t.deepEqual(
    named.filter((each) => !existsSync(each)),
    [],
  );
});

test('a version that YAML reads as a number is the text that stands there, as a value and as a key', (t) => {
  for (const version of ['6.1', '6.10', '6.12', '7', '06.1']) {
    const text = good.replaceAll('"6.1"', version);
    const { trees, series } = parseProject(text, '/project/quiltboot.yaml');
    t.is(trees['linux']?.base, version);
    t.deepEqual(Object.keys(series['mine'] ?? {}), [version]);
  }
  t.regex(complaint(good.replace('base: "6.1"', 'base: [6.1]')), /:7:11: trees\.linux\.base: expected a string/);
});

test('programs that are suites get words, and what guests have gets absolute paths', (t) => {
  const text = `${good}    suites:
      - suites
      - kunit:list_test
      - program: {run: ./tests/smoke.sh --all, pass: tap, timeout: 5}
      - program: {run: 'prodder | grep -q turns', name: pipe}
programs:
  prodder: {c: [tests/prodder.c, tests/lib.c], libc: glibc}
files: {/etc/reel/: tests/reel}
`;
  const project = parseProject(text, '/project/quiltboot.yaml');
  t.deepEqual(project.series['mine']?.['6.1']?.suites, [
    '/project/suites',
    'kunit:list_test',
    'program:smoke',
    'program:pipe',
  ]);
  t.like(project.programSuites?.['smoke'], {
    argv: ['/tests/smoke.sh', '--all'],
    pass: 'tap',
    timeoutMs: 5000,
    script: { from: '/project/tests/smoke.sh', to: 'tests/smoke.sh' },
  });
  t.like(project.programSuites?.['pipe'], { argv: ['/bin/sh', '-c', 'prodder | grep -q turns'], pass: 'exit status' });
  t.like(project.guest?.programs['prodder'], {
    sources: ['/project/tests/prodder.c', '/project/tests/lib.c'],
    libc: 'glibc',
  });
  t.like(project.guest?.files[0], { from: '/project/tests/reel', to: 'etc/reel' });
});

test('modules of guests have the names that the kernel knows, and stand there once', (t) => {
  const text = `${good}modules: [reel-core, {name: quilt, parameters: "patches=4 name=a", unload: false}]\n`;
  t.like(parseProject(text, '/project/quiltboot.yaml').guest?.modules?.[0], { name: 'reel_core', parameters: [] });
  t.like(parseProject(text, '/project/quiltboot.yaml').guest?.modules?.[1], {
    name: 'quilt',
    parameters: ['patches=4', 'name=a'],
    stays: true,
  });
  t.regex(
    complaint(`${good}modules: [reel-core, reel_core]\n`),
    /quiltboot\.yaml:18:\d+: the module "reel_core" stands there twice/,
  );
  t.regex(complaint(`${good}modules: [reel.ko]\n`), /modules\.0/);
  t.regex(complaint(`${good}modules: [{name: quilt, unlod: true}]\n`), /unknown key "unlod" in modules\.0/);
});

test('a mistake in what guests get is told with its place', (t) => {
  const suites = (entry: string): string => `${good}    suites: [${entry}]\n`;
  t.regex(
    complaint(suites('{program: {run: ./a.sh, pass: green}}')),
    /suites\.0\.program\.pass: expected "exit status" or "tap" or "ktap"/,
  );
  t.regex(
    complaint(suites('{program: {run: ./a.sh}}, {program: {run: ./b/a.sh}}')),
    /quiltboot\.yaml:18:\d+: two programs have the name "a"/,
  );
  t.regex(complaint(`${good}files: {etc/reel: a}\n`), /a path of the guest, from its root/);
  t.regex(
    complaint(`${good}programs: {reel: {c: a.c, lib: x}}\n`),
    /unknown key "lib" in programs\.reel; did you mean "libc"\?/,
  );
});
