/**
 * Verdicts on the real kernel, each from a variant of the container series that is broken on purpose; then what CI and a
 * bisection make of the same points. The first test builds them, and the others find them in the store.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import type { BisectResult, Cell, Run } from '../../harness/model/index.ts';
import {
  afterAll,
  breakingPatches,
  brokenProject,
  changedProject,
  own,
  pointOf,
  realProject,
  shows,
  writeQueue,
} from '../support/broken-series.ts';
import { latestRun, program } from '../support/program.ts';

const last = own.length;

const facts = ({ cells, verdict }: Run): unknown => ({
  verdict,
  cells: cells.map(({ point, target, stage, outcome, cases }) => ({
    point,
    target,
    stage,
    outcome,
    cases: cases.map((one) => [one.suite, one.name, one.outcome]),
  })),
});

test.serial('each way to go wrong has its verdict, on the real kernel', async (t) => {
  const place = await brokenProject(t);
  const { code, out, err } = await place.run(
    'run',
    '--keep-going',
    '--case',
    'pids',
    '--points',
    `${last}..${afterAll + 1}`,
  );
  t.log(out);
  t.is(code, 1, err);
  const run = await latestRun(place);
  const cell = (name: string | number, target: string): Cell | undefined =>
    run.cells.find((one) => one.target === target && one.point === (typeof name === 'string' ? pointOf(name) : name));

  for (const target of ['x86_64', 's390x']) {
    t.like(cell(last, target), { stage: 'test', outcome: 'pass' }, target);
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
  t.regex(out, story(`broken by ${pointOf('descending')}/${all} .*, fixed by ${pointOf('ascending-again')}/${all} `));
  t.regex(out, story(`broken by ${pointOf('panics')}/${all} .*, fixed by ${pointOf('boots-again')}/${all} `));
  t.regex(
    out,
    story(`broken by ${pointOf('not-used')}/${all} .*; then broken by ${pointOf('does-not-build')}/${all} `),
  );
  const difference = run.differences?.find(({ kind, bad }) => kind === 'target' && bad.includes('s390x'));
  t.like(difference, { bad: ['s390x'], good: ['x86_64'], stage: 'test' });
  t.true(difference?.points.includes(pointOf('half-of-the-pid')));
});

test.serial('beside an earlier run, what is new is told from what was known, on the real kernel', async (t) => {
  const place = await realProject(t);
  const all = await breakingPatches(t);
  const upTo = (name: string): Map<string, string> => new Map([...all].slice(0, pointOf(name) - own.length));
  const words = ['run', '--keep-going', '--case', 'pids', '--target', 's390x', '--points', 'final'];
  const against = async (): Promise<string[]> => ['--against', `.quiltboot/runs/${(await latestRun(place)).id}`];

  await writeQueue(place, own, upTo('descending'));
  t.is((await place.run(...words)).code, 1);
  // The same patch again, and one more that breaks the same cases in another way.
  await writeQueue(place, own, upTo('half-of-the-pid'));
  const known = await place.run(...words, ...(await against()), '--fail-on', 'new');
  t.is(known.code, 1, known.err);
  const point = pointOf('half-of-the-pid');
  t.true(known.out.includes(`new failure: s390x, point ${point}: tasks: the pids are listed one a line`), known.out);
  t.notRegex(known.out, /new failure: .* the pids ascend as numbers/);

  await writeQueue(place, own, upTo('whole-pid-again'));
  const mended = await place.run(...words, ...(await against()), '--fail-on', 'new');
  t.is(mended.code, 0, mended.err);
  t.is((await latestRun(place)).verdict, 'pass');
});

test.serial('cases that come and go are told as flaky, with the counts, on the real kernel', async (t) => {
  // Wrong in every other millisecond or so: no two guests read the file at the same moment.
  const now = `if (ktime_get_ns() >> 20 & 1)\n\t\tseq_puts(sf, "0\\n");\n\t${shows}`;
  const first = '#include <linux/kernel.h>\n';
  const place = await changedProject(t, [
    { name: 'clock', from: first, to: `${first}#include <linux/ktime.h>\n` },
    { name: 'now-and-then', from: shows, to: now },
  ]);
  const words = ['run', '--target', 's390x', '--points', 'final', '--case', 'pid', '--reruns', '8'];
  const { out, err } = await place.run(...words);
  const cases = (await latestRun(place)).cells.flatMap((cell) => cell.cases);
  const flaky = cases.filter(({ tries }) => tries !== undefined && tries.failed < tries.runs);
  t.true(flaky.length > 0, `${out}\n${err}`);
  for (const one of flaky) {
    t.like(one, { outcome: 'pass', tries: { runs: 9 } }, one.name);
    t.is(one.cause?.blame, 'kernel', one.name);
    t.true(out.includes(`: tasks: ${one.name}: failed ${one.tries?.failed} of 9 times (`), out);
  }
});

test.serial('the parts of a matrix make the same run as the whole, and each patch its check', async (t) => {
  const place = await brokenProject(t);
  const words = ['run', '--keep-going', '--case', 'pids', '--points', `${last}..${pointOf('used')}`];
  t.is((await place.run(...words)).code, 1);
  const whole = await latestRun(place);
  for (const part of ['1/2', '2/2']) {
    const shard = await place.run(...words, '--shard', part, '--out', `shards/${part[0]}`);
    t.is(shard.code, 1, shard.err);
  }
  const formats = ['text', 'github', 'gitlab', 'kcidb', 'junit'].flatMap((kind) => [
    '--format',
    `${kind}=report.${kind}`,
  ]);
  const merged = await place.run('merge', 'shards/1/latest', 'shards/2/latest', ...formats);
  t.is(merged.code, 1, merged.err);
  t.deepEqual(facts(await latestRun(place)), facts(whole));
  const report = (kind: string): Promise<string> => readFile(path.join(place.directory, `report.${kind}`), 'utf8');
  t.regex(await report('text'), /broken by \d+\/\d+ .*, fixed by /);
  t.regex(await report('github'), /^::error .*descending/m);
  t.true((JSON.parse(await report('gitlab')) as unknown[]).length > 0);
  t.like(JSON.parse(await report('kcidb')), { version: { major: 5 } });
  t.regex(await report('junit'), /<testsuites /);

  const [command, ...rest] = program;
  const checks = async (name: string): Promise<{ readonly tool: string; readonly status: string }[]> => {
    const mail = await readFile(path.join(place.directory, 'patches', `${name}.patch`), 'utf8');
    const { stdout } = await execa(command, [...rest, 'b4-check'], {
      cwd: place.directory,
      env: place.env,
      input: mail,
    });
    return JSON.parse(stdout) as { tool: string; status: string }[];
  };
  t.deepEqual(
    (await checks('descending')).map(({ tool, status }) => [tool, status]),
    [
      ['quiltboot-x86_64', 'fail'],
      ['quiltboot-s390x', 'fail'],
    ],
  );
  t.deepEqual(
    (await checks('used')).map(({ status }) => status),
    ['pass', 'pass'],
  );
});

for (const [words, culprit, points] of [
  [['--case', 'the pids ascend as numbers'], 'descending', `${last}..${pointOf('half-of-the-pid')}`],
  [['--boot'], 'panics', `${last}..${pointOf('panics')}`],
  [['--warning', 'tasks_not_used'], 'not-used', `${last}..${pointOf('not-used')}`],
  [['--build'], 'does-not-build', `${last}..${pointOf('does-not-build')}`],
  [['--log', 'tasks: no'], 'panics', `${last}..${pointOf('panics')}`],
] as const) {
  test.serial(`bisecting with ${words[0]} finds ${culprit}`, async (t) => {
    const place = await brokenProject(t);
    const { code, out, err } = await place.run('bisect', ...words, '--target', 's390x', '--points', points, '--json');
    t.is(code, 1, err);
    const { outcome } = JSON.parse(out) as BisectResult;
    t.is(outcome.kind, 'found', out);
    if (outcome.kind === 'found') {
      t.deepEqual(
        outcome.culprits.map(({ key }) => key),
        [String(pointOf(culprit))],
      );
    }
  });
}
test.serial(
  'x86 builds, s390 does not: told before and after the failure, and mended, on the real kernel',
  async (t) => {
    // x86's <asm/elf.h> brings <linux/personality.h> in, that of s390 does not.
    const exiting = 'if (task->flags & PF_EXITING)\n';
    const place = await changedProject(t, [
      {
        name: 'only-randomized',
        from: exiting,
        to: `if (task->flags & PF_EXITING ||\n\t\t    task->personality & ADDR_NO_RANDOMIZE)\n`,
      },
    ]);
    const ahead = await place.run('lint-includes');
    t.is(ahead.code, 1, ahead.err);
    t.regex(
      ahead.out,
      /^kernel\/container\/tasks\.c: <linux\/personality\.h>\n {2}uses ADDR_NO_RANDOMIZE \(line \d+\)\n/m,
    );
    t.regex(ahead.out, /^ {4}s390x: nothing declares it there$/m);

    const failed = await place.run('build', '--points', `${last}..${last + 1}`, '--fix');
    t.is(failed.code, 1, failed.err);
    t.deepEqual(
      (await latestRun(place)).cells
        .filter(({ outcome }) => outcome !== 'pass')
        .map(({ point, target }) => [point, target]),
      [[last + 1, 's390x']],
    );
    t.regex(failed.out, /'ADDR_NO_RANDOMIZE' undeclared/);
    t.regex(failed.out, /x86_64 reaches it by kernel\/container\/tasks\.c:\d+ -> .*personality\.h/);
    t.true(failed.out.includes(`\nfixed (built points ${last}, ${last + 1} on x86_64, s390x`), failed.out);
    const mended = await place.run('build', '--points', 'final');
    t.is(mended.code, 0, mended.out + mended.err);
  },
);
