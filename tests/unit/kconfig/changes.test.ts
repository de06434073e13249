import test from 'ava';
import { changesBetween, describeChange, mergedText } from '../../../harness/kconfig/changes.ts';
import { mergeFragments, parseFragment } from '../../../harness/kconfig/fragment.ts';

const options = (text: string, file = 'a.config') => mergeFragments([parseFragment(text, file)]).options;

const base = options('CONFIG_A=y\nCONFIG_N=4\n# CONFIG_OFF is not set\n');

test('what two configurations ask for alike is no change, whatever form it has', (t) => {
  const bad = options('CONFIG_A=y\nCONFIG_N=0x4\n# CONFIG_NEVER is not set\nCONFIG_B=y\n', 'bad.config');
  t.deepEqual(
    changesBetween(base, new Map(), bad).map(({ symbol }) => symbol),
    ['B'],
  );
});

test('an option that only the good one asks for is a change as well', (t) => {
  const changes = changesBetween(
    base,
    options('CONFIG_G=y\nCONFIG_N=8\n'),
    options('# CONFIG_A is not set\n', 'bad.config'),
  );
  t.deepEqual(changes.map(describeChange), [
    'CONFIG_A=n, where the good one has y (bad.config:1)',
    'CONFIG_G=n, where the good one has y',
    'CONFIG_N=4, where the good one has 8 (a.config:2)',
  ]);
});

test('a set of changes is merged over the good one, and without any it is the good one', (t) => {
  const good = options('CONFIG_G=y\n');
  const changes = changesBetween(base, good, options('# CONFIG_A is not set\nCONFIG_B=y\n'));
  t.is(mergedText(base, good, []), 'CONFIG_A=y\nCONFIG_N=4\n# CONFIG_OFF is not set\nCONFIG_G=y\n');
  t.is(mergedText(base, good, changes), '# CONFIG_A is not set\nCONFIG_N=4\n# CONFIG_OFF is not set\nCONFIG_B=y\n');
});
