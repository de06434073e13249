import test from 'ava';
import { defined } from '../../../harness/model/index.ts';

test('properties without a value are left out, all other values stay', (t) => {
  const absent = undefined as string | undefined;
  const found: { readonly zero: number; readonly empty?: string; readonly none?: string; readonly nothing: null } =
    defined({
      zero: 0,
      empty: '',
      none: absent,
      nothing: null,
    });
  t.deepEqual(found, { zero: 0, empty: '', nothing: null });
  t.deepEqual(Object.keys({ name: 'a', ...defined({ none: absent }) }), ['name']);
});
