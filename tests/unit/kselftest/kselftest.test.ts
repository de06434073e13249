import test from 'ava';
import {
  buildProblem,
  logsByProgram,
  readCollectionConfig,
  readKselftestWord,
  readListing,
  testNames,
  testsOf,
  timeoutOf,
} from '../../../harness/kselftest/index.ts';

test('a word is a collection, or a test of the innermost collection that holds it', (t) => {
  const collections = ['net', 'net/quilt', 'timers'];
  const rows: [string, ReturnType<typeof readKselftestWord>][] = [
    ['timers', { collection: 'timers' }],
    ['timers/', { collection: 'timers' }],
    ['timers/winding', { collection: 'timers', test: 'winding' }],
    ['net/quilt', { collection: 'net/quilt' }],
    ['net/quilt/hem.sh', { collection: 'net/quilt', test: 'hem.sh' }],
    ['net/quilts', { collection: 'net', test: 'quilts' }],
    ['timer', undefined],
    ['timersx/a', undefined],
  ];
  for (const [word, expected] of rows) t.deepEqual(readKselftestWord(word, collections), expected, word);
});

test('what make lists is read by kind, and names that a shell would read otherwise are not taken', (t) => {
  const { files, refused } = readListing(
    [
      'make: noise',
      'quiltboot-lists TEST_GEN_PROGS /build/selftests/quilt/seams',
      'quiltboot-lists TEST_GEN_PROGS /build/selftests/quilt/../../etc',
      'quiltboot-lists TEST_CUSTOM_PROGS sub/edges',
      'quiltboot-lists TEST_PROGS thread.sh',
      'quiltboot-lists TEST_PROGS_EXTENDED $(HOME)',
      'quiltboot-lists TEST_GEN_PROGS_EXTENDED /build/selftests/quilt/unpick',
      'quiltboot-lists TEST_FILES patterns/',
      'quiltboot-lists TEST_FILES ../lib.sh',
      'quiltboot-lists SOMETHING else',
      'quiltboot-lists toString else',
    ].join('\n'),
    '/build/selftests/quilt',
  );
  t.deepEqual(refused, ['/build/selftests/quilt/../../etc', '$(HOME)']);
  t.deepEqual(
    files.map(({ name, built, runs }) => `${name} ${built ? 'built' : 'taken'} ${runs}`),
    [
      'seams built always',
      'sub/edges built always',
      'thread.sh taken always',
      'unpick built named',
      'patterns taken never',
      '../lib.sh taken never',
    ],
  );
  t.deepEqual(testNames(testsOf(files, undefined)), ['seams', 'sub/edges', 'thread.sh']);
  t.deepEqual(testNames(testsOf(files, 'unpick')), ['unpick']);
  t.deepEqual(testsOf(files, 'patterns'), []);
});

test('the timeout of a collection', (t) => {
  const rows: [string | undefined, number][] = [
    [undefined, 45],
    ['', 45],
    ['timeout=7\n', 7],
    ['# more\ntimeout = 120 # two minutes\n', 120],
    ['timeout=0\n', 1800],
    ['timeout=99999\n', 1800],
    ['timeout=long\n', 45],
  ];
  for (const [text, seconds] of rows) t.is(timeoutOf(text), seconds * 1000, text);
});

test('options of a collection: modules are built in, the last of two lines holds, the rest is told', (t) => {
  const text =
    '# SPDX\nCONFIG_QUILT=m\n\nCONFIG_HEM=y # why\nCONFIG_HEM=n\n# CONFIG_TEAR is not set\nCONFIG_WIDTH=0x10\nQUILT\n';
  const { options, unread } = readCollectionConfig(text);
  t.deepEqual(
    options.map(({ symbol, value }) => `${symbol}=${value}`),
    ['QUILT=y', 'HEM=n', 'TEAR=n', 'WIDTH=0x10'],
  );
  t.deepEqual(unread, ['QUILT']);
});

test('why a program was not built: what the machine lacks is not the fault of the kernel', (t) => {
  const rows: [string, string, string][] = [
    [
      'gcc -static knots.c -lcap\n/usr/bin/ld: cannot find -lcap: No such file or directory\ncollect2: error: ld returned 1 exit status\n',
      'user',
      'knots is linked with -lcap, of which the cross compiler has no static library',
    ],
    [
      '/usr/bin/ld: cannot find -lmount\n',
      'user',
      'knots is linked with -lmount, of which the cross compiler has no static library',
    ],
    [
      'knots.c:3:10: fatal error: sys/capability.h: No such file or directory\n',
      'user',
      'knots includes sys/capability.h, which is not there',
    ],
    [
      'knots.c: In function main:\nknots.c:9:3: error: expected ;\n',
      'kernel',
      'knots does not compile: knots.c:9:3: error: expected ;',
    ],
    ['', 'kernel', 'knots does not compile'],
  ];
  for (const [log, blame, summary] of rows) t.like(buildProblem('knots', log), { blame, summary }, log);
});

test('the messages of each program that was missing stand by its name', (t) => {
  const logs = logsByProgram('quiltboot-begins a\none\ntwo\nquiltboot-begins sub/b\n');
  t.deepEqual(
    [...logs],
    [
      ['a', 'one\ntwo'],
      ['sub/b', ''],
    ],
  );
});
