/**
 * Verdicts on the real kernel: the container series' first two patches, and behind them one patch for each way to go wrong.
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createTwoFilesPatch } from 'diff';
import type { BisectResult, Cell, Run } from '../../harness/model/index.ts';
import { emptyPlace, type Place, placeIn, root } from '../support/program.ts';

const hour = 60 * 60 * 1000;
const queue = path.join(root, 'patches/container/6.1');
const own = ['container-framework.patch', 'container-tasks-file.patch'];
const file = 'kernel/container/tasks.c';

const ascends = '\treturn pa < pb ? -1 : pa > pb;\n';
const descends = '\treturn pa > pb ? -1 : pa < pb;\n';
const shows = 'seq_printf(sf, "%d\\n", *(pid_t *)v);\n';
/** Where declarations of a file's own level can stand. */
const level = 'static void tasks_release(';

interface Change {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** Each changes what the one before it has left. */
const changes: readonly Change[] = [
  { name: 'descending', from: ascends, to: descends },
  { name: 'half-of-the-pid', from: shows, to: shows.replace('pid_t', 'unsigned short') },
  { name: 'ascending-again', from: descends, to: ascends },
  { name: 'whole-pid-again', from: shows.replace('pid_t', 'unsigned short'), to: shows },
  { name: 'not-used', from: level, to: `static int tasks_not_used;\n\n${level}` },
  { name: 'used', from: 'static int tasks_not_used;\n\n', to: '' },
  {
    name: 'panics',
    from: level,
    to: `static int __init tasks_init(void)\n{\n\tpanic("tasks: no");\n}\nlate_initcall(tasks_init);\n\n${level}`,
  },
  { name: 'boots-again', from: '\tpanic("tasks: no");\n', to: '\treturn 0;\n' },
  { name: 'does-not-build', from: '\treturn 0;\n}\nlate_initcall', to: '\treturn tasks_missing();\n}\nlate_initcall' },
];
const point = (name: string): number => own.length + 1 + changes.findIndex((change) => change.name === name);
const afterAll = own.length + changes.length + 1;

/** The new file of a patch. */
function fileIn(patch: string): string {
  const [, rest = ''] = patch.split(`+++ b/${file}\n`);
  const [hunk = ''] = rest.split(/^diff |^-- $/m);
  return hunk.replace(/^@@.*\n/, '').replaceAll(/^\+/gm, '');
}

function mail(subject: string, before: string, after: string): string {
  const hunks = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after).replace(/^=+\n/, '');
  return `From: Somebody <somebody@example.org>\nSubject: [PATCH] ${subject}\n\n---\ndiff --git a/${file} b/${file}\n${hunks}`;
}

/** The patches that break things, by name, each on top of those before it. */
async function breakingPatches(t: ExecutionContext): Promise<ReadonlyMap<string, string>> {
  const patches = new Map<string, string>();
  let text = fileIn(await readFile(path.join(queue, own[1] ?? ''), 'utf8'));
  for (const { name, from, to } of changes) {
    t.is(text.split(from).length, 2, `${name}: what it changes stands in the file once`);
    const changed = text.replace(from, () => to);
    patches.set(`${name}.patch`, mail(name, text, changed));
    text = changed;
  }
  patches.set('does-not-apply.patch', mail('elsewhere', 'a line\n', 'another line\n'));
  return patches.set('never.patch', mail('never', text, `${text}\n`));
}

/** The first patches of the container series, and more behind them. */
async function writeQueue(place: Place, first: readonly string[], more: ReadonlyMap<string, string>): Promise<void> {
  const patches = path.join(place.directory, 'patches');
  await mkdir(patches, { recursive: true });
  for (const name of first) await copyFile(path.join(queue, name), path.join(patches, name));
  for (const [name, patch] of more) await place.write(`patches/${name}`, patch);
  await place.write('patches/series', `${[...first, ...more.keys()].join('\n')}\n`);
}

async function makeProject(t: ExecutionContext): Promise<Place> {
  const { directory } = await emptyPlace(t);
  // The user's own cache: the tree and the objects of the series' patches are in it where the series has run.
  const place = placeIn(directory, { NO_COLOR: '1' });
  const kconfig = path.join(root, 'kconfig/6.1');
  await place.write(
    'quiltboot.yaml',
    `version: 1
defaults: {series: broken, tree: linux-6.1, targets: [x86_64, s390x]}
trees:
  linux-6.1:
    base: "6.1"
    debian: linux-source-6.1
    fragments: [${kconfig}/base.config]
    targetFragments: {x86_64: [${kconfig}/x86_64.config], s390x: [${kconfig}/s390x.config]}
series:
  broken:
    dialect: container
    suites: [${path.join(root, 'tests/suites/container/tasks.ts')}]
    bases:
      "6.1":
        queue: patches
        fragments: [{file: ${kconfig}/container.config, from: container-framework.patch}]
    features:
      containers: container-framework.patch
      test-subsystems: container-framework.patch
      tasks: container-tasks-file.patch
`,
  );
  return place;
}

async function brokenProject(t: ExecutionContext): Promise<Place> {
  const place = await makeProject(t);
  await writeQueue(place, own, await breakingPatches(t));
  return place;
}

async function latest({ directory }: Place): Promise<Run> {
  return JSON.parse(await readFile(path.join(directory, '.quiltboot/runs/latest/run.json'), 'utf8')) as Run;
}

test.serial('each way to go wrong has its verdict, on the real kernel', async (t) => {
  t.timeout(hour);
  const place = await brokenProject(t);
  const { code, out, err } = await place.run('run', '--keep-going', '--case', 'pids');
  t.log(out);
  t.is(code, 1, err);
  const run = await latest(place);
  const cell = (name: string | number, target: string): Cell | undefined =>
    run.cells.find((one) => one.target === target && one.point === (typeof name === 'string' ? point(name) : name));

  for (const target of ['x86_64', 's390x']) {
    t.like(cell(2, target), { stage: 'test', outcome: 'pass' }, target);
    t.like(cell('descending', target), { stage: 'test', outcome: 'fail', blame: 'kernel' }, target);
    t.like(cell('whole-pid-again', target), { stage: 'test', outcome: 'pass' }, target);
    t.like(cell('not-used', target), { stage: 'build', outcome: 'fail', blame: 'kernel' }, target);
    t.regex(cell('not-used', target)?.cause?.summary ?? '', /new warning: .*tasks_not_used/);
    t.like(cell('used', target), { stage: 'test', outcome: 'pass' }, target);
    t.like(cell('panics', target), { stage: 'boot', outcome: 'crash', blame: 'kernel' }, target);
    t.regex(cell('panics', target)?.cause?.summary ?? '', /tasks: no/);
    t.like(cell('boots-again', target), { stage: 'test', outcome: 'pass' }, target);
    t.like(cell('does-not-build', target), { stage: 'build', outcome: 'fail', blame: 'kernel' }, target);
    t.like(cell(afterAll, target), { stage: 'apply', outcome: 'fail' }, target);
    t.like(cell(afterAll + 1, target), { outcome: 'not-run' }, target);
  }

  const all = run.series.patches.length;
  const story = (words: string): RegExp => new RegExp(`^  ${words}`, 'm');
  t.regex(out, story(`broken by ${point('descending')}/${all} .*, fixed by ${point('ascending-again')}/${all} `));
  t.regex(out, story(`broken by ${point('panics')}/${all} .*, fixed by ${point('boots-again')}/${all} `));
  t.regex(out, story(`broken by ${point('not-used')}/${all} .*; then broken by ${point('does-not-build')}/${all} `));
  const difference = run.differences?.find(({ kind }) => kind === 'endian');
  t.like(difference, { bad: ['s390x'], good: ['x86_64'], stage: 'test' });
  t.true(difference?.points.includes(point('half-of-the-pid')));
});

for (const [words, culprit, points] of [
  [['--case', 'the pids ascend as numbers'], 'descending', '2..4'],
  [['--boot'], 'panics', `2..${point('panics')}`],
  [['--warning', 'tasks_not_used'], 'not-used', `2..${point('not-used')}`],
  [['--build'], 'does-not-build', `2..${point('does-not-build')}`],
  [['--log', 'tasks: no'], 'panics', `2..${point('panics')}`],
] as const) {
  test.serial(`bisecting with ${words[0]} finds ${culprit}`, async (t) => {
    t.timeout(hour);
    const place = await brokenProject(t);
    const { code, out, err } = await place.run('bisect', ...words, '--target', 's390x', '--points', points, '--json');
    t.is(code, 1, err);
    const { outcome } = JSON.parse(out) as BisectResult;
    t.is(outcome.kind, 'found', out);
    if (outcome.kind === 'found') {
      t.deepEqual(
        outcome.culprits.map(({ key }) => key),
        [String(point(culprit))],
      );
    }
  });
}

test.serial('beside an earlier run, what is new is told from what was known, on the real kernel', async (t) => {
  t.timeout(hour);
  const place = await makeProject(t);
  const all = await breakingPatches(t);
  const upTo = (name: string): Map<string, string> => new Map([...all].slice(0, point(name) - own.length));
  const words = ['run', '--keep-going', '--case', 'pids', '--target', 's390x', '--points', 'final'];
  const against = async (): Promise<string[]> => ['--against', `.quiltboot/runs/${(await latest(place)).id}`];

  await writeQueue(place, own, upTo('descending'));
  t.is((await place.run(...words)).code, 1);
  // The same patch again, and one more that breaks the same cases in another way.
  await writeQueue(place, own, upTo('half-of-the-pid'));
  const known = await place.run(...words, ...(await against()), '--fail-on', 'new');
  t.is(known.code, 1, known.err);
  t.regex(known.out, /new failure: s390x, point 4: tasks: the pids are listed one a line/);
  t.notRegex(known.out, /new failure: .* the pids ascend as numbers/);

  await writeQueue(place, own, upTo('whole-pid-again'));
  const mended = await place.run(...words, ...(await against()), '--fail-on', 'new');
  t.is(mended.code, 0, mended.err);
  t.is((await latest(place)).verdict, 'pass');
});

test.serial('the header that a patch forgot is found and put in, on the real kernel', async (t) => {
  t.timeout(hour);
  const place = await makeProject(t);
  const names = (await readFile(path.join(queue, 'series'), 'utf8')).trim().split('\n');
  const seventh = names.indexOf('container-release-agent.patch');
  const lacking = names[seventh] ?? '';
  const patch = await readFile(path.join(queue, lacking), 'utf8');
  const without = patch
    .replace('+#include <linux/kmod.h>\n', '')
    .replace(
      /(\+\+\+ b\/kernel\/container\/release\.c\n@@ -0,0 \+1,)(\d+)/,
      (_, front: string, lines: string) => `${front}${Number(lines) - 1}`,
    );
  t.not(without, patch);
  await writeQueue(place, names.slice(0, seventh), new Map([[lacking, without]]));

  const broken = await place.run('build', '--points', 'final', '--fix');
  t.is(broken.code, 1, broken.err);
  t.regex(broken.out, /release\.c:\d+:\d+: implicit declaration of function 'call_usermodehelper'/);
  t.regex(broken.out, /call_usermodehelper is declared at include\/linux\/umh\.h:\d+/);
  t.regex(broken.out, /^fixed \(built points 6, 7 on x86_64, s390x/m);
  const mended = await place.run('build', '--points', 'final');
  t.is(mended.code, 0, mended.out + mended.err);
});
