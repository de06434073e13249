import test from 'ava';
import { type TreeIdentity, treeKey } from '../../../harness/tree/key.ts';

const identity: TreeIdentity = {
  source: 'tarball aa',
  patches: ['bb'],
  quilt: { content: 'cc', minus: ['x.patch', 'y.patch'] },
  queue: ['q.patch dd'],
};

test('the order of a minus list does not matter', (t) => {
  const other = { ...identity, quilt: { content: 'cc', minus: ['y.patch', 'x.patch'] } };
  t.is(treeKey(other), treeKey(identity));
  t.regex(treeKey(identity), /^[0-9a-f]{64}$/);
});

test('a layer with nothing refreshed has the key that it always had', (t) => {
  const quilt = { content: 'cc', minus: ['x.patch', 'y.patch'], refreshed: [] };
  t.is(treeKey({ ...identity, quilt }), treeKey(identity));
});

test('everything that the content depends on changes the key', (t) => {
  const bare: TreeIdentity = { source: identity.source, patches: identity.patches, queue: identity.queue };
  const others: TreeIdentity[] = [
    { ...identity, source: 'tarball ab' },
    { ...identity, patches: [] },
    { ...identity, patches: ['bb', 'bb'] },
    { ...identity, quilt: { content: 'cc', minus: ['x.patch'] } },
    { ...identity, quilt: { content: 'cd', minus: ['x.patch', 'y.patch'] } },
    { ...identity, quilt: { content: 'cc', minus: ['x.patch', 'y.patch'], refreshed: ['z.patch ee'] } },
    { ...identity, queue: [] },
    { ...identity, fuzz: 2 },
    bare,
  ];
  t.is(new Set([identity, ...others].map(treeKey)).size, others.length + 1);
});
