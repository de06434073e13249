import test from 'ava';
import { columnParts, columnsOf, UserError } from '../../../harness/model/index.ts';
import { checkToolchains, oneToolchain, pickToolchains } from '../../../harness/pipeline/run/toolchains.ts';
import { s390x, x86_64 } from '../../../harness/targets/index.ts';
import { gcc } from '../../support/fake-linux.ts';

const flagged = { ...gcc, name: 'old', flags: ['-std=gnu89'] };
const project = { toolchains: { gcc, old: flagged }, file: '/p/quiltboot.yaml' };
const recipe = {
  toolchain: 'old',
  name: 'tree',
  base: '2.6.22',
  source: { kind: 'directory', path: '/linux' },
} as const;
const tree = { ...recipe, patches: [], fragments: [], targetFragments: {} };
const pick = (...names: string[]): ReturnType<typeof pickToolchains> => pickToolchains(names, tree, project);

test("a compiler by its name takes the place of the tree's own; the flags of gcc are none of clang's", (t) => {
  t.deepEqual(pickToolchains(undefined, tree, project), [flagged]);
  t.deepEqual(pick('old'), [flagged], "it keeps the tree's own build directory");
  t.like(pick('gcc-11')[0], { name: 'gcc-11', cc: 'gcc-11', flags: ['-std=gnu89'], place: 'gcc-11' });
  t.like(pick('clang-14')[0], { cc: 'clang-14', flags: [], place: 'clang-14' });
  t.is(pick('gcc-11', 'gcc-11', 'gcc').length, 2);
});

test('a name that nobody has: the nearest one, and how to get it', async (t) => {
  const error = t.throws(() => pick('clan-14'), { instanceOf: UserError });
  t.is(error.message, 'there is no toolchain "clan-14"; did you mean "clang-14"?');
  t.regex(
    error.hint ?? '',
    /quiltboot\.yaml has: gcc, old; compilers of Debian: gcc-11, .*apt-get install .* clang-14$/s,
  );
  t.throws(() => pick('clagn'), { message: 'there is no toolchain "clagn"; did you mean "clang"?' });
  const chosen = { columns: columnsOf([x86_64], pick('gcc-12', 'gcc-77')) };
  const later = await t.throwsAsync(checkToolchains(chosen, project), { instanceOf: UserError });
  t.regex(later.message, /there is no toolchain "gcc-77"; did you mean "gcc-1[12]"\?/);
  await t.notThrowsAsync(checkToolchains({ columns: columnsOf([x86_64], pick('gcc-11', 'old')) }, project));
});

test('columns are named by the target, and by the toolchain where there are several', (t) => {
  const names = (...chosen: string[]): string[] => columnsOf([x86_64, s390x], pick(...chosen)).map(({ name }) => name);
  t.deepEqual(names('gcc-11'), ['x86_64', 's390x']);
  t.deepEqual(names('gcc-11', 'old'), ['x86_64/gcc-11', 'x86_64/old', 's390x/gcc-11', 's390x/old']);
  t.deepEqual(columnParts('x86_64/gcc-11'), { target: 'x86_64', toolchain: 'gcc-11' });
  t.deepEqual(columnParts('x86_64'), { target: 'x86_64' });
  t.notThrows(() => oneToolchain({ columns: columnsOf([x86_64, s390x], pick('gcc-11')) }, 'it'));
  const several = { columns: columnsOf([x86_64], pick('gcc-11', 'old')) };
  t.is(t.throws(() => oneToolchain(several, 'it')).message, 'it takes one toolchain, not gcc-11, old');
});
