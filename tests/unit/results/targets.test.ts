import test from 'ava';
import { findTargetDifferences } from '../../../harness/results/targets.ts';
import { built, cell, testedCell } from '../../support/sample-run.ts';

const machines = {
  x86_64: { endian: 'little', bits: 64 },
  i386: { endian: 'little', bits: 32 },
  s390x: { endian: 'big', bits: 64 },
} as const;

test('the same case on machines of either byte order, over several points', (t) => {
  const cells = [0, 1, 2].flatMap((point) => [
    testedCell(point, 'x86_64', { one: 'pass' }),
    testedCell(point, 'i386', { one: 'pass' }),
    testedCell(point, 's390x', { one: point === 0 ? 'pass' : 'fail' }),
  ]);
  t.deepEqual(findTargetDifferences(cells, machines), [
    {
      stage: 'test',
      suite: 'tasks',
      name: 'one',
      kind: 'endian',
      bad: ['s390x'],
      good: ['x86_64', 'i386'],
      points: [1, 2],
    },
  ]);
});

test('word size, and neither', (t) => {
  const row = (point: number, bad: string): ReturnType<typeof testedCell>[] =>
    Object.keys(machines).map((target) => testedCell(point, target, { one: target === bad ? 'fail' : 'pass' }));
  t.is(findTargetDifferences(row(1, 'i386'), machines)[0]?.kind, 'bits');
  t.is(findTargetDifferences(row(1, 'x86_64'), machines)[0]?.kind, 'target');
  t.is(findTargetDifferences(row(1, 's390x'), {})[0]?.kind, 'target', 'of unknown machines nothing is claimed');
});

test('one target on either side proves nothing about byte order or word size', (t) => {
  const two = { x86_64: machines.x86_64, s390x: machines.s390x };
  const cells = [testedCell(1, 'x86_64', { one: 'pass' }), testedCell(1, 's390x', { one: 'fail' })];
  t.like(findTargetDifferences(cells, two)[0], { kind: 'target', bad: ['s390x'], good: ['x86_64'] });
});

test('a skip or a missing result is no difference', (t) => {
  const cells = [testedCell(1, 'x86_64', { one: 'skip', two: 'pass' }), testedCell(1, 's390x', { one: 'fail' })];
  t.deepEqual(findTargetDifferences(cells, machines), []);
});

test('a build that breaks on one target alone', (t) => {
  const failed = { ...built, outcome: 'fail', cause: { blame: 'kernel', summary: 'no', excerpt: [] } } as const;
  const cells = [testedCell(1, 'x86_64', { one: 'pass' }), cell({ point: 1, target: 's390x', build: failed })];
  t.like(findTargetDifferences(cells, machines)[0], { stage: 'build', kind: 'target', bad: ['s390x'], points: [1] });
});

/** Two compilers for each of some targets. */
const columns = Object.fromEntries(
  Object.entries(machines).flatMap(([target, machine]) =>
    ['gcc-12', 'clang-14'].map((toolchain) => [`${target}/${toolchain}`, { ...machine, target, toolchain }] as const),
  ),
);

function kindWhere(bad: (column: string) => boolean, names = Object.keys(columns)): string | undefined {
  const cells = names.map((name) => testedCell(1, name, { one: bad(name) ? 'fail' : 'pass' }));
  return findTargetDifferences(cells, columns)[0]?.kind;
}

test('what one compiler alone shows is told of the compiler, on one target or on several', (t) => {
  const isClang = (name: string): boolean => name.endsWith('clang-14');
  t.is(kindWhere(isClang), 'toolchain');
  t.is(kindWhere(isClang, ['x86_64/gcc-12', 'x86_64/clang-14']), 'toolchain');
  t.is(kindWhere(isClang, ['x86_64/gcc-12', 's390x/clang-14']), 'target', 'they differ in more than the compiler');
  t.is(
    kindWhere((name) => name === 'x86_64/clang-14'),
    'target',
    'the same compiler is good on others',
  );
});

test('a target that two compilers build is one target, which proves nothing of its byte order', (t) => {
  const isBig = (name: string): boolean => name.startsWith('s390x');
  t.is(kindWhere(isBig), 'endian');
  const two = Object.keys(columns).filter((name) => !name.startsWith('i386'));
  t.is(kindWhere(isBig, two), 'target');
});
