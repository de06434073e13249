import test from 'ava';
import type { TreeSource } from '../../../harness/model/index.ts';
import { isPinnable, parseLock, pinSource, printLock } from '../../../harness/tree/lock.ts';

const locked = (source: string): { resolved: string; source: string; key: string } => ({
  resolved: 'x',
  source,
  key: 'k',
});

test('what can move is pinned by its lock, what is its own content stays', (t) => {
  const debian: TreeSource = { kind: 'debian', package: 'linux-source-6.1' };
  const pinned = { ...debian, version: '6.1.176-1' };
  t.deepEqual(pinSource(debian, locked('debian linux-source-6.1 6.1.176-1 abc')), pinned);
  t.deepEqual(pinSource(debian, locked('debian linux-source-6.1 6.1.176-1 ')), pinned, 'an archive without sums');
  const git: TreeSource = { kind: 'git', url: 'u', ref: 'main' };
  t.deepEqual(pinSource(git, locked('git 0123')), { ...git, ref: '0123' });
  t.deepEqual(pinSource(git, locked('debian p 1 a')), git, 'the recipe is of another kind now');
  const directory: TreeSource = { kind: 'directory', path: '/linux' };
  t.deepEqual(pinSource(directory, locked('tree 0123')), directory);
  t.deepEqual([debian, git, directory].map(isPinnable), [true, true, false]);
});

test('a lock file is read back as it was written, trees in order', (t) => {
  const lock = { version: 1 as const, trees: { b: locked('git 1'), a: locked('git 2') } };
  const text = printLock(lock);
  t.deepEqual(parseLock(text, 'quiltboot.lock'), lock);
  t.true(text.indexOf('"a"') < text.indexOf('"b"'));
  t.true(text.endsWith('}\n'));
});
