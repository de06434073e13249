import test from 'ava';
import { glibcCompiler, klibcCompiler, readKlcc } from '../../../../harness/guest/image/klibc-compiler.ts';

const wrapper = `#!/usr/bin/perl
$ARCHDIR = "s390";
@ARCHDIR = ("s390");
@BITSIZE = ("64");
@REQFLAGS = ("\\-D__KLIBC__\\=2", "\\-m64", "\\-nostdinc", "\\-iwithprefix", "include", "\\-fno\\-PIE");
@LDFLAGS = ("\\-m", "elf64_s390", "\\-\\-build\\-id\\=sha1");
`;

test('the wrapper of klibc says how to compile with it', (t) => {
  const settings = readKlcc(wrapper);
  t.deepEqual(settings, {
    architecture: 's390',
    bits: '64',
    compilerFlags: ['-D__KLIBC__=2', '-m64', '-fno-PIE'],
    linkerFlags: ['-m', 'elf64_s390'],
  });
  const request = {
    target: { crossCompile: 's390x-linux-gnu-', guestCompilerFlags: [] },
    sources: ['/project/reel.c'],
    flags: ['-DTURNS=3'],
    output: '/out/reel',
  };
  const argv = klibcCompiler(request, { settings, prefix: '/klibc', builtin: '/gcc/include', libgcc: '/gcc/libgcc.a' });
  t.is(argv[0], 's390x-linux-gnu-gcc');
  for (const word of ['-nostdinc', '/klibc/include/arch/s390', '/klibc/include/bits64', '-DTURNS=3', '-static'])
    t.true(argv.includes(word), word);
  t.true(argv.indexOf('/klibc/lib/crt0.o') < argv.indexOf('/project/reel.c'));
  t.true(argv.indexOf('/klibc/lib/libc.a') > argv.indexOf('/project/reel.c'));
  t.deepEqual(glibcCompiler(request).slice(-5), ['-static', '-Wl,--build-id=none', '-s', '-o', '/out/reel']);
});
