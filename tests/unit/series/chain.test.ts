import test from 'ava';
import type { Patch } from '../../../harness/model/index.ts';
import { chainIds } from '../../../harness/series/chain.ts';

function patch(index: number, hash: string): Patch {
  const author = { name: 'a', email: 'a@localhost' };
  return { index, name: `${index}.patch`, path: `/q/${index}.patch`, subject: 's', author, files: [], hash };
}

const queue = [patch(1, 'a'), patch(2, 'b'), patch(3, 'c')];

test('a change in a patch changes its point and the later ones only', (t) => {
  const before = chainIds('base', queue);
  const after = chainIds('base', [patch(1, 'a'), patch(2, 'B'), patch(3, 'c')]);
  t.is(before.length, 3);
  t.is(new Set(before).size, 3);
  t.is(after[0], before[0]);
  t.not(after[1], before[1]);
  t.not(after[2], before[2]);
});

test('what fits loosely is not what fits exactly', (t) => {
  const exact = chainIds('base', queue);
  t.deepEqual(chainIds('base', queue, 0), exact);
  const ids = [...exact, ...chainIds('base', queue, 1), ...chainIds('base', queue, 2)];
  t.is(new Set(ids).size, 9);
});

test('another base changes them all; another directory changes nothing', (t) => {
  const before = chainIds('base', queue);
  t.true(chainIds('other', queue).every((id) => !before.includes(id)));
  const moved = queue.map((entry) => ({ ...entry, path: `/elsewhere/${entry.name}` }));
  t.deepEqual(chainIds('base', moved), before);
});
