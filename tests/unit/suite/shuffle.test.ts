import test from 'ava';
import { shuffle } from '../../../harness/suite/shuffle.ts';

test('a seed gives one order with the same items', (t) => {
  const items = [...Array(50).keys()];
  const once = shuffle(items, 7);
  t.deepEqual(shuffle(items, 7), once);
  t.notDeepEqual(once, items);
  t.notDeepEqual(shuffle(items, 8), once);
  t.deepEqual(
    [...once].sort((a, b) => a - b),
    items,
  );
});
