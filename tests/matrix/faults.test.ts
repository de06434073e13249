/** Allocations that fail one by one, on real kernels that are made for that, and on one that is not. */
import test from 'ava';
import { countFaults } from '../../harness/model/index.ts';
import { changedProject, own } from '../support/broken-series.ts';
import { kernelTimeoutMs, testKernels } from '../support/kernels.ts';
import { latestRun } from '../support/program.ts';
import { passes, projectPlace } from '../support/series-run.ts';

const name = 'new container has no tasks';

test.serial('the container series refuses cleanly what gets no memory', async (t) => {
  const words = ['run', 'container', '--target', 'x86_64', '--points', 'final', '--faults', '--suite', 'tasks'];
  const run = await passes(t, await projectPlace(t), ...words, '--case', name);
  const [one] = run.cells[0]?.cases ?? [];
  t.true(countFaults(one?.faults ?? { counts: {} as never }) > 30, JSON.stringify(one));
  t.is(one?.faults?.unswept, undefined);
  t.is(one?.faults?.bound, undefined);
});

test.serial('an error path that warns is found, with the function that asked for the memory', async (t) => {
  const refuses = '\t\tif (!snap)\n\t\t\treturn -ENOMEM;\n';
  const place = await changedProject(t, [
    { name: 'warns', from: refuses, to: '\t\tif (WARN_ON(!snap))\n\t\t\treturn -ENOMEM;\n' },
  ]);
  const points = String(own.length + 1);
  const { code, out, err } = await place.run(
    'run',
    '--target',
    'x86_64',
    '--points',
    points,
    '--faults',
    '--case',
    name,
  );
  t.log(out);
  t.is(code, 1, err);
  const [cell] = (await latestRun(place)).cells;
  const [one] = cell?.cases ?? [];
  t.like(one, { outcome: 'fail', cause: { blame: 'kernel' } });
  t.regex(
    one?.cause?.summary ?? '',
    /^\d+ allocations failed one by one: \d+ refused cleanly, 1 crash in tasks_open\(\)$/,
  );
  t.like(one?.faults?.findings[0], { end: 'crash', asked: 'tasks_open' });
  t.regex(one?.reproduce ?? '', /--faults 500 .*--case/);
});

const [kernel] = testKernels();
test.serial('a kernel that cannot do it is untested', async (t) => {
  t.timeout(kernelTimeoutMs);
  const { place, out } = await projectPlace(t);
  const words = [
    'test',
    'container',
    '--kernel',
    (await kernel?.image()) ?? '',
    '--target',
    'x86_64',
    '--suite',
    'tasks',
  ];
  const { code, out: report } = await place.run(...words, '--faults', '--case', name, '--out', out);
  t.is(code, 1);
  t.regex(
    report,
    /verdict: untested: allocations not failed on x86_64: 1 of 1 cases: the kernel has no \/proc\/self\/fail-nth/,
  );
});
