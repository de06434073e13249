import test from 'ava';
import { findLost, mergeFragments, parseConfig, parseFragment, sameValue } from '../../../harness/kconfig/index.ts';
import { UserError } from '../../../harness/model/index.ts';

const text = `# a comment
CONFIG_SMP=y
CONFIG_NR_CPUS=8
CONFIG_MASK=0x1F
CONFIG_NAME="a \\"b\\" # c"
# CONFIG_MODULES is not set
#CONFIG_EXT4_FS=m

CONFIG_EXT2_FS=n
`;

test('reads options with their lines', (t) => {
  const { options } = parseFragment(text, 'a.config');
  t.deepEqual(
    options.map(({ symbol, value, line }) => [symbol, value, line]),
    [
      ['SMP', 'y', 2],
      ['NR_CPUS', '8', 3],
      ['MASK', '0x1F', 4],
      ['NAME', '"a \\"b\\" # c"', 5],
      ['MODULES', 'n', 6],
      ['EXT2_FS', 'n', 9],
    ],
  );
});

test('what is no option is an error with its line', (t) => {
  for (const [line, found] of [
    ['SMP=y', 'SMP=y'],
    ['CONFIG_SMP = y', 'CONFIG_SMP = y'],
    ['CONFIG_SMP=yes', 'CONFIG_SMP=yes'],
    ['CONFIG_NAME="open', 'CONFIG_NAME="open'],
    ['select SMP', 'select SMP'],
  ] as const) {
    const error = t.throws(() => parseFragment(`\n${line}\n`, 'a.config'), { instanceOf: UserError });
    t.true(error.message.includes(`"${found}"`), error.message);
    t.deepEqual(error.location, { file: 'a.config', line: 2 });
  }
});

test('an option that stands twice in a fragment names both lines, even when they agree', (t) => {
  const error = t.throws(() => parseFragment('CONFIG_A=y\nCONFIG_B=y\nCONFIG_A=y\n', 'a.config'), {
    instanceOf: UserError,
  });
  t.is(error.message, 'CONFIG_A is set twice in a.config: lines 1 and 3');
});

test('merging keeps each symbol once, and two that disagree are named', (t) => {
  const a = parseFragment('CONFIG_A=y\nCONFIG_SIZE=0x10\n', 'a.config');
  const b = parseFragment('CONFIG_B=y\nCONFIG_A=y\nCONFIG_SIZE=16\n# CONFIG_C is not set\n', 'b.config');
  t.is(mergeFragments([a, b]).text, 'CONFIG_A=y\nCONFIG_SIZE=0x10\nCONFIG_B=y\n# CONFIG_C is not set\n');
  const c = parseFragment('\n# CONFIG_A is not set\n', 'c.config');
  const error = t.throws(() => mergeFragments([a, b, c]), { instanceOf: UserError });
  t.is(error.message, 'two fragments disagree about CONFIG_A: a.config:1 says y, c.config:2 says n');
  t.deepEqual(error.location, { file: 'c.config', line: 2 });
});

test('a fragment that overrides has the last word over those before it, and no other', (t) => {
  const base = parseFragment('CONFIG_SMALL=y\nCONFIG_B=y\n', 'base.config');
  const fast = { ...parseFragment('# CONFIG_SMALL is not set\n', 'fast.config'), overrides: true };
  t.is(mergeFragments([base, fast]).text, '# CONFIG_SMALL is not set\nCONFIG_B=y\n');
  const again = { ...parseFragment('CONFIG_SMALL=y\n', 'again.config'), overrides: true };
  const error = t.throws(() => mergeFragments([base, fast, again]), { instanceOf: UserError });
  t.is(error.message, 'two fragments disagree about CONFIG_SMALL: fast.config:1 says n, again.config:1 says y');
  t.throws(() => mergeFragments([base, fast, parseFragment('CONFIG_SMALL=y\n', 'series.config')]), {
    message: /fast\.config:1 says n, series\.config:1 says y/,
  });
});

test('numbers are equal by value, strings by their letters', (t) => {
  t.true(sameValue('0x10', '16'));
  t.true(sameValue('0X1f', '0x1F'));
  t.false(sameValue('"16"', '16'));
  t.false(sameValue('y', 'm'));
});

test('lost is what came out otherwise; off and invisible are the same', (t) => {
  const requested = parseFragment(
    'CONFIG_A=y\nCONFIG_B=m\nCONFIG_N=0x10\n# CONFIG_C is not set\n# CONFIG_D is not set\nCONFIG_E=y\n',
    'f',
  );
  const config = parseConfig('CONFIG_A=y\nCONFIG_B=y\nCONFIG_N=16\n# CONFIG_C is not set\nCONFIG_X="y"\n');
  t.deepEqual(
    findLost(requested.options, config).map(({ symbol, value, resolved, line }) => [symbol, value, resolved, line]),
    [
      ['B', 'm', 'y', 2],
      ['E', 'y', 'n', 6],
    ],
  );
});

test('an option that a version of the kernel lacks is left out there, by the comment in front of it', (t) => {
  const text =
    '# kernel: ..6.9\nCONFIG_OLD=y\nCONFIG_A=y\n# kernel: 5.1..\nCONFIG_NEW=y\n# kernel: 4.2..4.9\nCONFIG_B=y\n';
  const symbols = (version?: string): string[] =>
    parseFragment(text, 'a.config', version).options.map(({ symbol }) => symbol);
  t.deepEqual(symbols('6.1.176'), ['OLD', 'A', 'NEW']);
  t.deepEqual(symbols('6.9.12'), ['OLD', 'A', 'NEW'], 'the end is included, with its stable releases');
  t.deepEqual(symbols('6.10-rc1'), ['A', 'NEW']);
  t.deepEqual(symbols('4.9.337'), ['OLD', 'A', 'B']);
  t.deepEqual(symbols('2.6.22-rc6-mm1'), ['OLD', 'A']);
  t.deepEqual(symbols(), ['OLD', 'A', 'NEW', 'B'], 'all of them where the kernel is not known');
  for (const words of ['', '..', '6.1', 'v6.1..']) {
    const error = t.throws(() => parseFragment(`CONFIG_A=y\n# kernel: ${words}\n`, 'a.config'), {
      instanceOf: UserError,
    });
    t.deepEqual(error.location, { file: 'a.config', line: 2 }, words);
  }
});

test('a weak fragment says only what no other one speaks of', (t) => {
  const weak = { ...parseFragment('CONFIG_MMU=y\nCONFIG_OLD=y\n', 'weak'), weak: true };
  const own = parseFragment('# CONFIG_OLD is not set\n', 'own.config');
  for (const all of [
    [weak, own],
    [own, weak],
  ]) {
    const { options } = mergeFragments(all);
    t.deepEqual([options.get('MMU')?.value, options.get('OLD')?.value], ['y', 'n']);
  }
});
