import test from 'ava';
import { type TreeRecipe, UserError } from '../../../harness/model/index.ts';
import { applyOverride, parseOverride } from '../../../harness/tree/override.ts';

const recipe: TreeRecipe = {
  name: 'linux-6.1',
  base: '6.1',
  source: { kind: 'debian', package: 'linux-source-6.1' },
  patches: [{ urls: ['https://example.org/patch.xz'] }],
  quilt: { source: { directory: '/quilt' }, minus: [] },
  queue: '/toolchain',
  toolchain: 'gcc',
  fragments: [],
  targetFragments: {},
};

test('the name alone changes nothing', (t) => {
  const override = parseOverride('linux-6.1');
  t.deepEqual(override, { name: 'linux-6.1' });
  t.is(applyOverride(recipe, override, '/cwd'), recipe);
});

for (const [text, source] of [
  ['linux-6.1=git:../linux#v6.1', { kind: 'git', url: '/home/linux', ref: 'v6.1' }],
  ['linux-6.1=git:https://example.org/a.git#a#b', { kind: 'git', url: 'https://example.org/a.git#a', ref: 'b' }],
  ['linux-6.1=git:git@example.org:a.git#main', { kind: 'git', url: 'git@example.org:a.git', ref: 'main' }],
  ['linux-6.1=dir:linux', { kind: 'directory', path: '/home/cwd/linux' }],
  ['linux-6.1=tar:/x/linux.tar.xz', { kind: 'tarball', file: { urls: ['/x/linux.tar.xz'] } }],
  ['linux-6.1=tar:http://x/linux.tgz', { kind: 'tarball', file: { urls: ['http://x/linux.tgz'] } }],
] as const) {
  test(text, (t) => {
    const replaced = applyOverride(recipe, parseOverride(text), '/home/cwd');
    t.deepEqual(replaced.source, source);
    t.deepEqual(replaced.patches, []);
    t.false('quilt' in replaced);
    t.is(replaced.queue, '/toolchain');
    t.is(replaced.name, 'linux-6.1');
  });
}

for (const text of [
  '',
  '=git:x#y',
  'a=',
  'a=x',
  'a=svn:x',
  'a=git:x',
  'a=git:#y',
  'a=git:x#',
  'a=git:x#--exec',
  'a=dir:',
  'a b=dir:x',
]) {
  test(`${JSON.stringify(text)} is refused with the forms that are allowed`, (t) => {
    const error = t.throws(() => parseOverride(text), { instanceOf: UserError });
    t.regex(error.hint ?? '', /NAME=git:PATH#REF[\s\S]*NAME=dir:PATH[\s\S]*NAME=tar:PATH/);
  });
}
