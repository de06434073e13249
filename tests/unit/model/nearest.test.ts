import test from 'ava';
import fc from 'fast-check';
import { nearest, suggest } from '../../../harness/model/index.ts';

const targets = ['x86_64', 'i386', 's390x'];

for (const [typed, meant] of [
  ['x86-64', 'x86_64'],
  ['s390', 's390x'],
  ['i368', 'i386'],
  ['X86_64', 'x86_64'],
] as const) {
  test(`${typed} is taken for ${meant}`, (t) => {
    t.is(nearest(typed, targets), meant);
  });
}

test('a swap of neighbours is one mistake', (t) => {
  t.is(nearest('0002-taks.patch', ['0002-tasks.patch', '0003-fork.patch']), '0002-tasks.patch');
  t.is(nearest('ab', ['ba', 'xy']), 'ba');
});

test('a part of a long name finds it', (t) => {
  t.is(nearest('tasks', ['container-framework.patch', 'container-tasks-file.patch']), 'container-tasks-file.patch');
});

test('something else altogether is nothing', (t) => {
  t.is(nearest('riscv', targets), undefined);
  t.is(nearest('anything', []), undefined);
});

test('the hint lists what there is when nothing is near', (t) => {
  t.is(suggest('x8664', targets), 'did you mean x86_64?');
  t.is(suggest('mips64el', targets), 'known: x86_64, i386, s390x');
  t.is(suggest('x', []), 'there are none');
});

test('a name is always nearest to itself', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (name, others) => {
        return nearest(name, [...others, name])?.toLowerCase() === name.toLowerCase();
      }),
    ),
  );
});
