import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { subtract } from '../../../harness/tree/minus.ts';

const entries = ['a.patch', 'b.patch', 'c.patch'].map((name) => ({ name }));

test('what is left out is kept apart, in order', (t) => {
  t.deepEqual(subtract(entries, ['c.patch', 'a.patch']), {
    kept: [{ name: 'b.patch' }],
    left: [{ name: 'a.patch' }, { name: 'c.patch' }],
  });
});

test('a name that the layer does not have is an error with its place and the nearest one', (t) => {
  const location = { file: 'quiltboot.yaml', line: 4 };
  const error = t.throws(() => subtract(entries, ['b.pacth'], location), { instanceOf: UserError });
  t.deepEqual(error.location, location);
  t.is(error.hint, 'did you mean b.patch?');
});
