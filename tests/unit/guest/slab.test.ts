import test from 'ava';
import { growingSlabs, readSlabs } from '../../../harness/guest/slab.ts';

const slabinfo = `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
kmalloc-64          1213   1280     64   64    1 : tunables    0    0    0 : slabdata     20     20      0
dentry              2310   2310    192   21    1 : tunables    0    0    0 : slabdata    110    110      0
`;

test('objects in use by cache, as the kernel tells them', (t) => {
  t.deepEqual(
    [...readSlabs(slabinfo)],
    [
      ['kmalloc-64', 1213],
      ['dentry', 2310],
    ],
  );
  t.is(readSlabs('').size, 0);
});

test('a cache leaks that grows by an object each time, twice; one that fills once does not', (t) => {
  const look = (leaky: number, filled: number, noisy: number): ReadonlyMap<string, number> =>
    new Map([
      ['leaky', leaky],
      ['filled', filled],
      ['noisy', noisy],
    ]);
  const growth = growingSlabs([look(100, 50, 70), look(140, 90, 85), look(181, 92, 71)], 20);
  t.deepEqual(growth, [{ name: 'leaky', each: 2 }]);
  t.deepEqual(growingSlabs([new Map(), new Map([['new', 20]]), new Map([['new', 40]])], 20), [
    { name: 'new', each: 1 },
  ]);
  t.deepEqual(growingSlabs([look(1, 1, 1), look(20, 1, 1), look(40, 1, 1)], 20), [], 'one short of one each time');
});
