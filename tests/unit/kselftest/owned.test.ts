import test from 'ava';
import { ownedCollections } from '../../../harness/kselftest/index.ts';

const maintainers = `List of maintainers
===================

QUILTS
M:	Ada Loom <ada@example.org>
F:	Documentation/quilt/
F:	drivers/misc/quilt*
F:	kernel/quilt/
F:	tools/testing/selftests/quilt/
X:	kernel/quilt/old/

TIMERS
F:	kernel/time/*timer.c
F:	tools/testing/selftests/timers/posix/posix_timers.c

LOOMS
F:	drivers/loom/
F:	tools/testing/selftests/nosuch/

THE REST
M:	Nobody <nobody@example.org>
F:	*
F:	*/
F:	tools/testing/selftests/rest/
`;

const collections = ['quilt', 'quilt/inner', 'timers', 'timers/posix', 'rest'];

for (const [file, expected] of [
  ['kernel/quilt/seam.c', ['quilt']],
  ['kernel/quilt/old/seam.c', []],
  ['kernel/quilting.c', []],
  ['drivers/misc/quilt.c', ['quilt']],
  ['drivers/misc/deep/quilt.c', []],
  ['kernel/time/hrtimer.c', ['timers/posix']],
  ['kernel/time/hrtimer.h', []],
  ['drivers/loom/warp.c', []],
  ['mm/slab.c', []],
  ['tools/testing/selftests/quilt/inner/x.c', ['quilt', 'quilt/inner']],
  ['tools/testing/selftests/rest/x.c', ['rest']],
] as const) {
  test(`tests of the maintainers of ${file}`, (t) => {
    t.deepEqual(ownedCollections(maintainers, [file], collections), [...expected]);
  });
}

test('a tree without maintainers has the collections that are touched', (t) => {
  t.deepEqual(ownedCollections('', ['kernel/quilt/seam.c'], collections), []);
  t.deepEqual(ownedCollections('', ['tools/testing/selftests/timers/Makefile'], collections), ['timers']);
});
