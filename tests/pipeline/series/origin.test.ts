import test from 'ava';
import type { PreparedTree, Series } from '../../../harness/model/index.ts';
import { originsOf } from '../../../harness/pipeline/series/origin.ts';

const tree = { key: 'a'.repeat(64), name: 'mini', commit: 'c0' } as PreparedTree;
const series = (name: string, directory: string, trust?: 'own'): Series => ({
  name,
  directory,
  patches: [],
  fragments: [],
  features: {},
  suites: [],
  ...(trust === undefined ? {} : { trust }),
});

test('patches of others are known by their content, whatever they are called', (t) => {
  const one = originsOf(tree, series('incoming', '/a'), ['t0', 't1']);
  t.deepEqual(originsOf(tree, series('other', '/b'), ['t0', 't1']), one);
  t.not(originsOf(tree, series('incoming', '/a'), ['t0', 't2']).patched.id, one.patched.id);
  t.not(originsOf({ ...tree, key: 'b' }, series('incoming', '/a'), ['t0', 't1']).patched.id, one.patched.id);
  t.deepEqual([one.base.kind, one.patched.kind], ['tree', 'series']);
  t.not(one.base.id, one.patched.id);
});

test('what the user vouches for keeps its place when a patch changes, and shares it with no other queue', (t) => {
  const own = originsOf(tree, series('mine', '/a', 'own'), ['t0', 't1']);
  t.deepEqual(originsOf(tree, series('mine', '/a', 'own'), ['t0', 't2']), own);
  t.not(originsOf(tree, series('mine', '/b', 'own'), ['t0', 't1']).patched.id, own.patched.id);
  t.deepEqual([own.base.kind, own.patched.kind], ['own', 'own']);
});

test('trees that come one after the other in one place share it with nothing else', (t) => {
  const step = originsOf(tree, series('none', '/a'), ['t0'], 'linux');
  t.is(originsOf({ ...tree, key: 'b' }, series('none', '/a'), ['t9'], 'linux').base.id, step.base.id);
  t.is(step.base.kind, 'series');
});
