import test from 'ava';
import { pointChecks } from '../../../harness/report/index.ts';
import { cell, patchesOf, runOf, testedCell } from '../../support/sample-run.ts';

const base = { series: { name: 'x', patches: patchesOf(2) }, points: [0, 1, 2] };

test('the patch that breaks a case fails its check, the next one is warned that it was broken before', (t) => {
  const run = runOf(
    [
      testedCell(0, 'x86_64', { a: 'pass' }),
      testedCell(1, 'x86_64', { a: 'fail' }),
      testedCell(2, 'x86_64', { a: 'fail' }),
      testedCell(2, 's390x', { a: 'pass' }),
    ],
    base,
  );
  const [broke] = pointChecks(run, 1);
  t.like(broke, { tool: 'quiltboot-x86_64', status: 'fail' });
  t.regex(broke?.details ?? '', /broken by 1\/2 \(a\.patch\)[^]*reproduce: /);
  t.deepEqual(
    pointChecks(run, 2).map(({ tool, status }) => [tool, status]),
    [
      ['quiltboot-x86_64', 'warn'],
      ['quiltboot-s390x', 'pass'],
    ],
  );
  t.regex(pointChecks(run, 2)[0]?.summary ?? '', /failed before this patch/);
});

test('a patch that breaks one more case fails, whatever was broken before it', (t) => {
  const run = runOf(
    [testedCell(0, 'x86_64', { a: 'fail', b: 'pass' }), testedCell(1, 'x86_64', { a: 'fail', b: 'fail' })],
    base,
  );
  t.is(pointChecks(run, 1)[0]?.status, 'fail');
});

test("the machine's fault is held against no patch", (t) => {
  const fault = { stage: 'boot', cause: { blame: 'host', summary: 'killed', excerpt: [] } } as const;
  t.is(pointChecks(runOf([cell({ point: 1, fault })], base), 1)[0]?.status, 'warn');
});
