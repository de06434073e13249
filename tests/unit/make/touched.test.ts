import test from 'ava';
import { compiledOf, isUsed, touchedKind, withUsed } from '../../../harness/make/index.ts';
import type { TouchedFile } from '../../../harness/model/index.ts';

test('what a file is to a build is told by its name', (t) => {
  const kinds = {
    code: [
      'kernel/fork.c',
      'include/linux/x.h',
      'arch/s390/boot/head.S',
      'arch/arm/boot/dts/a.dts',
      'rust/kernel/lib.rs',
      'kernel/README.c',
      'drivers/README.h',
    ],
    kbuild: ['Makefile', 'kernel/Kconfig.hz', 'drivers/misc/Kbuild', 'scripts/Makefile.build', 'init/Kconfig'],
    text: [
      'Documentation/x.rst',
      'Documentation/devicetree/bindings/a.yaml',
      'MAINTAINERS',
      'drivers/README',
      '.gitignore',
    ],
  };
  for (const [kind, files] of Object.entries(kinds))
    for (const file of files) t.deepEqual<string, string>(touchedKind(file), kind, file);
});

test('a makefile was read where something was made', (t) => {
  const used = new Set(['kernel/fork.c', 'kernel/', 'init/Kconfig']);
  t.true(isUsed('kernel/Makefile', used));
  t.true(isUsed('Makefile', used));
  t.true(isUsed('init/Kconfig', used));
  t.false(isUsed('drivers/Makefile', used));
  t.false(isUsed('kernel/Kconfig.hz', used));
  t.false(isUsed('kernel/exit.c', used));
});

test('a patch is covered by its code; by what steers the build only where it has no code', (t) => {
  const file = (path: string, used: boolean): TouchedFile => {
    return { path, kind: touchedKind(path), used };
  };
  const covered = (...files: TouchedFile[]): boolean => compiledOf(files, undefined).covered;
  t.true(covered(file('a.c', true), file('b.c', false)));
  t.false(covered(file('a.c', false), file('Kconfig', true), file('Makefile', true)));
  t.true(covered(file('Kconfig', true), file('Documentation/x.rst', false)));
  t.false(covered(file('Documentation/x.rst', false)));
});

test('text alone is accepted unless the project says otherwise; code is not unless it says so', (t) => {
  const text: TouchedFile = { path: 'MAINTAINERS', kind: 'text', used: false };
  const code: TouchedFile = { path: 'a.c', kind: 'code', used: false };
  t.true(compiledOf([text], undefined).allowed);
  t.false(compiledOf([text], 'fail').allowed);
  t.false(compiledOf([text, code], undefined).allowed);
  t.true(compiledOf([code], 'allow').allowed);
});

test('a patch is covered by the programs that tests were made of, as by the kernel', (t) => {
  const files = ['tools/testing/selftests/quilt/seams.c', 'tools/testing/selftests/quilt/Makefile'];
  const reason = 'it belongs to a test that no suite of the run builds: kselftest:quilt';
  const compiled = compiledOf(
    files.map((path) => ({ path, kind: touchedKind(path), used: false, reason })),
    undefined,
  );
  t.false(compiled.covered);
  t.deepEqual(withUsed(compiled, new Set(['Makefile'])), compiled);
  t.false(withUsed(compiled, new Set([files[1] ?? ''])).covered);
  const both = withUsed(compiled, new Set(files));
  t.true(both.covered);
  t.deepEqual(
    both.files,
    files.map((path) => ({ path, kind: touchedKind(path), used: true })),
  );
});
