import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { refresh } from '../../../harness/tree/refreshed.ts';

const entries = [
  { name: 'a.patch', path: '/layer/a.patch' },
  { name: 'b.patch', path: '/layer/b.patch' },
];

test('a refreshed patch takes the place of the one with its name, in the same order', (t) => {
  t.deepEqual(refresh(entries, new Map([['b.patch', '/own/b.patch']])), [
    { name: 'a.patch', path: '/layer/a.patch' },
    { name: 'b.patch', path: '/own/b.patch' },
  ]);
  t.deepEqual(refresh(entries, new Map()), entries);
});

test('one that takes the place of none is an error with the nearest name and the place', (t) => {
  const location = { file: 'quiltboot.yaml', line: 3 };
  const error = t.throws(() => refresh(entries, new Map([['bb.patch', '/own/bb.patch']]), location), {
    instanceOf: UserError,
    message: /\/own\/bb\.patch takes the place of none: the layer has no bb\.patch/,
  });
  t.regex(error.hint ?? '', /b\.patch/);
  t.deepEqual(error.location, location);
});
