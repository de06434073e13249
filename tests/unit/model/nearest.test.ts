import test from 'ava';
import { nearest } from '../../../harness/model/index.ts';

const targets = ['x86_64', 'i386', 's390x'];

test('a mistyped name finds its neighbour', (t) => {
  t.is(nearest('s390', targets), 's390x');
  t.is(nearest('x86_46', targets), 'x86_64');
  t.is(nearest('I386', targets), 'i386');
});

test('a name like no other finds none', (t) => {
  t.is(nearest('riscv64', targets), undefined);
  t.is(nearest('x', []), undefined);
});
