import test from 'ava';
import type { Cell, Run } from '../../../harness/model/index.ts';
import { pointChecks, renderReport } from '../../../harness/report/index.ts';
import { built, cell, runOf, testedCell } from '../../support/sample-run.ts';

function said(cells: readonly Cell[], more: Partial<Run> = {}): string {
  const text = renderReport(runOf(cells, { targets: ['x86_64'], ...more }), 'text');
  return [...text.matchAll(/^ {2}base: (.*)$/gm)].map((match) => match[1]).join('\n');
}

const fails = (point: number, more = {}): Cell => testedCell(point, 'x86_64', { a: 'fail', ...more });

test('a failure says what the base does with it', (t) => {
  t.is(said([fails(0, { c: 'fail' }), fails(1, { c: 'pass' })]), 'the base has it too: no patch is to blame');
  t.is(said([testedCell(0, 'x86_64', { a: 'pass' }), fails(1)]), 'the base passes it');
  t.is(said([testedCell(0, 'x86_64', { b: 'pass' }), fails(1)]), 'the base does not have 1 such case');
  t.is(said([fails(0, { b: 'pass' }), fails(1, { b: 'crash' })]), 'the base has 1 of these 2 too: tasks: a');
  t.is(said([testedCell(0, 'x86_64', { a: 'pass', b: 'pass' }), fails(1, { b: 'fail' })]), 'the base passes all 2');
  t.is(said([fails(0)]), '', 'the base itself');
});

test('a run or a shard that lacks the base says so', (t) => {
  t.is(
    said([fails(1)], { points: [1] }),
    'unknown whether the base has it too: the base is not in this run; add point 0 to --points',
  );
  t.regex(
    said([fails(1)], { shard: { index: 2, count: 3 } }),
    /^unknown whether the base has it too: the base is in another shard/,
  );
  const lost = { stage: 'boot', cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } } as const;
  t.is(said([cell({ fault: lost }), fails(1)]), 'unknown whether the base has it too: QEMU was killed');
  t.regex(said([testedCell(0, 's390x', { a: 'fail' }), fails(1)]), /not in this run/, 'another target is not this one');
});

test('a build that fails is compared as a build', (t) => {
  const broken = { ...built, outcome: 'fail' } as const;
  const otherwise = { ...broken, cause: { blame: 'kernel', summary: 'another error', excerpt: [] } } as const;
  t.is(
    said([cell({ build: broken }), cell({ point: 1, build: otherwise })]),
    'the base has it too: no patch is to blame',
  );
  t.is(said([cell({}), cell({ point: 1, build: broken })]), 'the base passes it');
  t.is(said([cell({ build: broken }), fails(1)]), 'unknown whether the base has it too: it ended in build');
});

test('every form that explains a failure says it', (t) => {
  const run = runOf([fails(0, { c: 'fail' }), fails(1, { c: 'pass' })], { targets: ['x86_64'] });
  const words = /base has it too: no patch is to blame/i;
  for (const kind of ['text', 'markdown', 'github', 'html', 'junit'] as const)
    t.regex(renderReport(run, kind), words, kind);
  t.regex(pointChecks(run, 1)[0]?.details ?? '', words);
  t.is(pointChecks(run, 1)[0]?.status, 'warn');
  t.notRegex(renderReport(run, 'text'), /broken by/);
});
