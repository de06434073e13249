import test from 'ava';
import { kernelsIn, parsePackage, upstreamVersion } from '../../../../harness/guest/image/debian-package.ts';
import { UserError } from '../../../../harness/model/index.ts';

test('a package has a name and perhaps a version', (t) => {
  t.deepEqual(parsePackage('linux-image-amd64'), { name: 'linux-image-amd64' });
  const version = '6.1.176-1~bpo11+1';
  t.deepEqual(parsePackage(`linux-image-6.1.0-50-amd64=${version}`), { name: 'linux-image-6.1.0-50-amd64', version });
  for (const word of ['', '-oDir=/', 'Linux', 'a b', 'linux=', '../x', 'linux;id']) {
    t.throws(() => parsePackage(word), { instanceOf: UserError }, word);
  }
});

test('the kernel that a package asks for is found among its dependencies', (t) => {
  const named = { name: 'linux-image-6.1.0-50-amd64', version: '6.1.176-1' };
  t.deepEqual(kernelsIn('linux-image-6.1.0-50-amd64 (= 6.1.176-1)\n'), [named]);
  t.deepEqual(kernelsIn('kmod, linux-base (>= 4.3~), linux-image-a (>= 2) | linux-image-b'), [
    { name: 'linux-image-a' },
    { name: 'linux-image-b' },
  ]);
  t.deepEqual(kernelsIn(''), []);
});

test("Debian's revision is no part of the kernel's version", (t) => {
  t.is(upstreamVersion('6.1.176-1'), '6.1.176');
  t.is(upstreamVersion('1:6.12~rc1-1~exp1'), '6.12~rc1');
});
