import test from 'ava';
import { escapingLinks } from '../../../harness/model/links.ts';

/** `path -> target` in one line each. */
function escaping(...lines: string[]): string[] {
  const links = lines.map((line) => {
    const [path = '', target = ''] = line.split(' -> ');
    return { path, target };
  });
  return escapingLinks(links).map(({ path }) => path);
}

test('links inside of a tree stay, whatever way they take', (t) => {
  t.deepEqual(escaping('a/b -> c', 'a/d -> ../x/../a/c', 'e -> a/b/../c', 'gone -> nowhere/at/all', 'top -> .'), []);
  t.deepEqual(escaping('a/include -> ../include', 'b -> a/include/linux/x.h', 'include/a -> ../a'), []);
});

test('absolute links and those that climb too far lead out', (t) => {
  t.deepEqual(escaping('a/b -> /etc/passwd', 'c -> ..', 'd/e -> ../../x', 'f -> a/../../x'), ['a/b', 'c', 'd/e', 'f']);
});

test('a chain that is inside by its spelling leads out when its links do', (t) => {
  t.deepEqual(escaping('kernel/up -> ..', 'kernel/key -> up/../home/key'), ['kernel/key']);
  t.deepEqual(escaping('d/one -> .', 'd/two -> one/..', 'd/three -> two/../../x'), ['d/three']);
  // Below a directory that is a link itself, `..` is the parent of what that stands for.
  t.deepEqual(escaping('p/q/r -> ../..', 'z -> p/q/r/../x', 'y -> p/q/s/../x'), ['z']);
});

test('circles lead nowhere', (t) => {
  t.deepEqual(escaping('a -> b', 'b -> a', 'c -> c/../..'), []);
});
