/** The main job on the real kernel: the whole series on x86_64 and s390x. The walk along its points is in tests/matrix. */
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { descendants, stillThere } from '../support/processes.ts';
import { passes, projectPlace } from '../support/series-run.ts';

const both = ['--target', 'x86_64,s390x', '--points', 'final'];

test.serial('the whole container series passes on x86_64 and s390x', async (t) => {
  const run = await passes(t, await projectPlace(t), 'run', 'container', ...both);
  t.is(run.verdict, 'pass');
  t.deepEqual(run.points, [run.series.patches.length]);
  t.is(run.cells.length, 2);
  for (const { target, stage, cases } of run.cells) {
    t.is(stage, 'test', target);
    const passed = cases.filter((one) => one.outcome === 'pass').length;
    t.true(passed >= 240, `${target}: ${passed}`);
    const narrow = cases.filter((one) => one.outcome === 'skip' && one.reason?.includes('processor'));
    t.deepEqual(narrow, [], target);
  }
});

test.serial('the same run again takes everything from the store', async (t) => {
  const run = await passes(t, await projectPlace(t), 'run', 'container', ...both);
  t.true(run.cells.every((cell) => cell.reused));
});

test.serial('the guests keep their promises', async (t) => {
  const run = await passes(t, await projectPlace(t), 'test', 'container', ...both, '--suite', 'tests/suites/guest');
  t.true(run.cells.every(({ cases }) => cases.length > 0));
});

test.serial('Ctrl-C ends a run in order, and nothing of it is left', async (t) => {
  const { place, out } = await projectPlace(t);
  const run = place.start('run', 'container', '--target', 'x86_64', '--points', 'final', '--fresh', '--out', out);
  // It configures, builds or boots by then; each of them has to give way. Between two of its processes it has none.
  await sleep(6000);
  let own = await descendants(run.pid ?? 0);
  for (let tries = 0; own.length === 0 && tries < 600; tries += 1) {
    await sleep(50);
    own = await descendants(run.pid ?? 0);
  }
  t.true(own.length > 0, 'the run has processes of its own by now');
  const asked = performance.now();
  run.kill('SIGINT');
  const { code, err } = await run.ended;
  t.log(`stopped after ${Math.round(performance.now() - asked)} ms`);
  t.is(code, 130, err);
  t.regex(err, /run the same command again/);
  t.deepEqual(await stillThere(own), []);
});
