import test from 'ava';
import {
  filterGlobs,
  type KunitSuite,
  matchingSuites,
  mayHoldSuites,
  readKunitWord,
  suitesIn,
} from '../../../harness/kunit/index.ts';

const source = `
static struct kunit_case reel_cases[] = { KUNIT_CASE(reel_winds), {} };
static struct kunit_suite reel_suite = {
	.test_cases = reel_cases,
	.name = "reel-core",
};
struct kunit_suite pulse = { .name = "pulse_rate", .init = pulse_init };
kunit_test_suites(&reel_suite, &pulse);
/* struct kunit_suite is explained elsewhere */
`;

test('suites are read out of C sources that may hold them', (t) => {
  t.deepEqual(
    suitesIn('lib/reel-test.c', source).map(({ name }) => name),
    ['reel-core', 'pulse_rate'],
  );
  t.deepEqual(suitesIn('lib/x.c', 'struct kunit_suite unnamed = { .init = x };'), []);
  for (const file of ['lib/list-test.c', 'fs/ext4/mballoc_test.c', 'lib/kunit/kunit-test.c', 'drivers/x/tests/y.c'])
    t.true(mayHoldSuites(file), file);
  for (const file of ['lib/list.c', 'tools/testing/x_test.c', 'lib/list-test.h']) t.false(mayHoldSuites(file), file);
});

const all: readonly KunitSuite[] = [
  { name: 'list-test-module', file: 'lib/list-test.c' },
  { name: 'hlist', file: 'lib/list-test.c' },
  { name: 'ext4_inode_test', file: 'fs/ext4/inode-test.c' },
  { name: 'ext4_mballoc', file: 'fs/ext4/mballoc-test.c' },
];

function globs(what: string): string[] {
  const word = readKunitWord(what);
  return filterGlobs(word, matchingSuites(word, all), all);
}

test('a word means suites by name, by glob or by file, and the kernel is asked for these alone', (t) => {
  t.deepEqual(globs('hlist'), ['hlist']);
  t.deepEqual(globs('ext4*'), ['ext4*']);
  t.deepEqual(globs('ext4-inode-test'), ['ext4_inode_test']);
  t.deepEqual(globs('list_test'), ['hlist', 'list-test-module']);
  t.deepEqual(globs('*'), ['*']);
  t.deepEqual(globs('hlist.add*'), ['hlist.add*']);
  t.deepEqual(globs('reel'), []);
});
