import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { linkStaysInside, pathProblem } from '../../../harness/series/paths.ts';

for (const name of ['kernel/fork.c', 'a', '.gitignore', '.gitattributes', 'x/.github/y', '..x/y', 'a b']) {
  test(`${name} may stand in a patch`, (t) => {
    t.is(pathProblem(name), undefined);
  });
}

for (const [name, reason] of [
  ['/etc/passwd', 'is absolute'],
  ['../x', 'leads out of the tree'],
  ['a/../../x', 'leads out of the tree'],
  ['./x', 'is not a plain path'],
  ['a//x', 'is not a plain path'],
  ['.git/config', 'is inside of a .git directory'],
  ['sub/.GIT/hooks/x', 'is inside of a .git directory'],
  ['git~1/config', 'is inside of a .git directory'],
] as const) {
  test(`${name} ${reason}`, (t) => {
    t.is(pathProblem(name), reason);
  });
}

test('links may go up as far as the top of the tree', (t) => {
  t.true(linkStaysInside('scripts/dtc/arm', '../../arch/arm'));
  t.true(linkStaysInside('a', 'b'));
  t.false(linkStaysInside('a', '../b'));
  t.false(linkStaysInside('scripts/dtc/arm', '../../../etc'));
  t.false(linkStaysInside('a', '/etc'));
  t.false(linkStaysInside('a/b', 'x/../../../y'));
});

test('a link that is let through never resolves outside', (t) => {
  const part = fc.constantFrom('..', '.', 'a', 'b');
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b'), { minLength: 1 }), fc.array(part, { minLength: 1 }), (at, to) => {
        const resolved = path.join('/tree', ...at.slice(0, -1), ...to);
        return !linkStaysInside(at.join('/'), to.join('/')) || `${resolved}/`.startsWith('/tree/');
      }),
    ),
  );
});
