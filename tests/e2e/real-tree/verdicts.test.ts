/** Verdicts on the real kernel, each from a variant of the container series that is broken on purpose. */
import test from 'ava';
import type { Cell } from '../../../harness/model/index.ts';
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
} from '../../support/broken-series.ts';
import { latestRun } from '../../support/program.ts';

test.serial('each way to go wrong has its verdict, on the real kernel', async (t) => {
  const place = await brokenProject(t);
  const { code, out, err } = await place.run('run', '--keep-going', '--case', 'pids');
  t.log(out);
  t.is(code, 1, err);
  const run = await latestRun(place);
  const cell = (name: string | number, target: string): Cell | undefined =>
    run.cells.find((one) => one.target === target && one.point === (typeof name === 'string' ? pointOf(name) : name));

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
  t.regex(out, story(`broken by ${pointOf('descending')}/${all} .*, fixed by ${pointOf('ascending-again')}/${all} `));
  t.regex(out, story(`broken by ${pointOf('panics')}/${all} .*, fixed by ${pointOf('boots-again')}/${all} `));
  t.regex(
    out,
    story(`broken by ${pointOf('not-used')}/${all} .*; then broken by ${pointOf('does-not-build')}/${all} `),
  );
  const difference = run.differences?.find(({ kind }) => kind === 'endian');
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
  t.regex(known.out, /new failure: s390x, point 4: tasks: the pids are listed one a line/);
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
    t.true(out.includes(`: tasks: ${one.name}: failed ${one.tries?.failed} of 9 times\n`), out);
  }
});
