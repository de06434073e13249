import test from 'ava';
import { buildsOf, oldWorktrees, piecesToFree } from '../../../harness/cache/index.ts';
import { type CachePiece, formatSize, parseSize } from '../../../harness/model/index.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const hour = 60 * 60 * 1000;

function piece(name: string, hours: number, bytes = 1, kind: CachePiece['kind'] = 'worktrees'): CachePiece {
  return { kind, name, bytes, used: now - hours * hour };
}

const names = (pieces: readonly CachePiece[]): string[] => pieces.map(({ name }) => name);

test('what was not used for so many days goes, what was used at the edge stays', (t) => {
  const pieces = [piece('new', 1), piece('edge', 48), piece('old', 49), piece('older', 100)];
  t.deepEqual(names(piecesToFree(pieces, { keepDays: 2 }, now)), ['older', 'old']);
  t.deepEqual(names(piecesToFree(pieces, { keepDays: 0 }, now)), ['older', 'old', 'edge', 'new']);
  t.deepEqual(piecesToFree(pieces, {}, now), []);
});

test('of too much, what was not used for the longest time goes, and no more than needed', (t) => {
  const pieces = [piece('a', 4, 10), piece('b', 3, 20), piece('c', 2, 30), piece('d', 1, 40)];
  t.deepEqual(piecesToFree(pieces, { maxBytes: 100 }, now), []);
  t.deepEqual(names(piecesToFree(pieces, { maxBytes: 99 }, now)), ['a']);
  t.deepEqual(names(piecesToFree(pieces, { maxBytes: 70 }, now)), ['a', 'b']);
  t.deepEqual(names(piecesToFree(pieces, { maxBytes: 0 }, now)), ['a', 'b', 'c', 'd']);
  t.deepEqual(names(piecesToFree(pieces, { maxBytes: 65, keepDays: 3.5 / 24 }, now)), ['a', 'b', 'c'].slice(0, 3));
});

test('of too much, work trees beyond the newest go first, with their builds', (t) => {
  const trees = Array.from({ length: 10 }, (_, index) => piece(`t${index}`, index, 10));
  const pieces = [
    piece('ccache', 100, 10, 'ccache'),
    piece('x86_64-default-t9', 8.5, 5, 'builds'),
    piece('x86_64-default-t0', 0, 5, 'builds'),
    ...trees,
  ];
  t.deepEqual(names(piecesToFree(pieces, { maxBytes: 119 }, now)), ['t9']);
  t.deepEqual(names(piecesToFree(pieces, { maxBytes: 100 }, now)), ['t9', 'x86_64-default-t9', 't8']);
  t.deepEqual(names(piecesToFree(pieces, { maxBytes: 90 }, now)), ['t9', 'x86_64-default-t9', 't8', 'ccache']);
});

test('a run leaves the work trees of recent runs, and takes few of the others at once, the oldest first', (t) => {
  const recent = Array.from({ length: 30 }, (_, index) => piece(`r${index}`, 11));
  t.deepEqual(oldWorktrees(recent, now), [], 'however many');
  const newest = Array.from({ length: 8 }, (_, index) => piece(`n${index}`, 24 * 13));
  const others = Array.from({ length: 6 }, (_, index) => piece(`o${index}`, 24 * 13 + 1 + index));
  t.deepEqual(oldWorktrees(newest, now), [], 'a few stay for two weeks');
  t.deepEqual(names(oldWorktrees([...others, ...newest], now)), ['o5', 'o4', 'o3', 'o2']);
  t.deepEqual(names(oldWorktrees([piece('x', 24 * 15)], now)), ['x']);
  t.deepEqual(oldWorktrees([piece('x', 24 * 15, 1, 'store')], now), []);
});

test('builds go with the work tree that they were compiled in', (t) => {
  const builds = ['x86_64-default-own-1', 's390x-debug-own-1', 'x86_64-default-own-12', 'x86_64-own-1-own-2'].map(
    (name) => piece(name, 1, 1, 'builds'),
  );
  t.deepEqual(names(buildsOf(piece('own-1', 1), builds)), ['x86_64-default-own-1', 's390x-debug-own-1']);
});

test('sizes are read as people write them, and written so that they can be read', (t) => {
  t.deepEqual(['20G', '500M', '1.5T', '20 GiB', '7', '3kb'].map(parseSize), [
    20 * 1024 ** 3,
    500 * 1024 ** 2,
    1.5 * 1024 ** 4,
    20 * 1024 ** 3,
    7,
    3 * 1024,
  ]);
  for (const wrong of ['', 'G', '-1G', '1X', '1e9', '20GG']) t.is(parseSize(wrong), undefined, wrong);
  t.deepEqual([0, 1023, 1024, 1_500_000, 5 * 1024 ** 4].map(formatSize), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.4 MiB',
    '5.0 TiB',
  ]);
});
