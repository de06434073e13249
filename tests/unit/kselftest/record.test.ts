import test from 'ava';
import { readRecord } from '../../../harness/kselftest/index.ts';

test('what a compiler has read of the tree is told once, from rules of make over several lines', (t) => {
  const text = [
    '/build/selftests/quilt/seams: seams.c ../kselftest.h \\',
    ' /build/usr/include/linux/quilt.h ../../../../include/uapi/quilt.h',
    '/build/selftests/quilt/edges: edges.c ../kselftest.h \\',
    '  /linux/tools/include/edges.h /usr/include/stdio.h',
    'edges.c:',
    '',
  ].join('\n');
  t.deepEqual(readRecord(text, { directory: 'tools/testing/selftests/quilt', worktree: '/linux' }), [
    'include/uapi/quilt.h',
    'tools/include/edges.h',
    'tools/testing/selftests/kselftest.h',
    'tools/testing/selftests/quilt/edges.c',
    'tools/testing/selftests/quilt/seams.c',
  ]);
  t.deepEqual(readRecord('', { directory: 'tools', worktree: '/linux' }), []);
  t.deepEqual(readRecord('x: ../../etc/passwd /linux', { directory: 'tools', worktree: '/linux' }), []);
});
