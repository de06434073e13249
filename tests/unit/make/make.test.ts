import test from 'ava';
import {
  type CompilerCache,
  makeArguments,
  makeEnvironment,
  makeIdentity,
  sandboxPlaces,
} from '../../../harness/make/index.ts';
import type { Toolchain } from '../../../harness/model/index.ts';
import { i386, s390x } from '../../../harness/targets/index.ts';

const old: Toolchain = {
  name: 'gcc-gnu89',
  cc: 'gcc-12',
  hostcc: 'gcc',
  flags: ['-std=gnu89', '-fno-pie'],
  targetFlags: { i386: ['-m32'] },
  hostFlags: ['-fcommon'],
};

test("the command of an old tree holds the toolchain's flags in CC", (t) => {
  const request = {
    toolchain: old,
    kernelVersion: '2.6.22-rc6',
    places: { ...sandboxPlaces, cache: undefined },
  };
  t.deepEqual(makeArguments({ ...request, target: i386, goal: 'bzImage' }), [
    'make',
    '-C',
    '/linux',
    '--output-sync=target',
    '--no-print-directory',
    'O=/build',
    'ARCH=i386',
    'CROSS_COMPILE=',
    'CC=gcc-12 -std=gnu89 -fno-pie -m32 -ffile-prefix-map=/linux/=',
    'HOSTCC=gcc -fcommon',
    'LOCALVERSION=',
    'ROOT_DEV=FLOPPY',
    'bzImage',
  ]);
  const s390 = makeArguments({ ...request, target: s390x, goal: 'vmlinux', variables: { KCONFIG_ALLCONFIG: '/x' } });
  t.true(s390.includes('ARCH=s390'));
  t.true(s390.includes('CC=s390x-linux-gnu-gcc-12 -std=gnu89 -fno-pie -ffile-prefix-map=/linux/='));
  t.deepEqual(s390.slice(-2), ['KCONFIG_ALLCONFIG=/x', 'vmlinux']);
});

test('the linker is named only where the toolchain has options for it', (t) => {
  const toolchain = { ...old, linkerFlags: ['--no-warn-execstack'], targetLinkerFlags: { i386: ['-m', 'elf_i386'] } };
  const words = (one: Toolchain, target = i386): string[] => {
    const places = { ...sandboxPlaces, cache: undefined };
    return makeArguments({ toolchain: one, kernelVersion: '2.6.22-rc6', places, target, goal: 'bzImage' });
  };
  t.false(words(old).some((word) => word.startsWith('LD=')));
  t.true(words(toolchain).includes('LD=ld -m elf_i386 --no-warn-execstack'));
  t.true(words(toolchain, s390x).includes('LD=s390x-linux-gnu-ld --no-warn-execstack'));
  t.notDeepEqual(makeIdentity(i386, toolchain, '2.6.22-rc6'), makeIdentity(i386, old, '2.6.22-rc6'));
});

const layers = { writes: '/ccache/own', shared: true, reads: [], fresh: false } as const;

test('ccache wraps both compilers, with a wrapper that a build cannot change', (t) => {
  const argv = makeArguments({
    toolchain: old,
    kernelVersion: '6.1.1',
    places: { ...sandboxPlaces, cache: layers },
    target: s390x,
    goal: 'bzImage',
  });
  t.true(argv.some((word) => word.startsWith('CC=/quiltboot/cc s390x-linux-gnu-gcc-12 ')));
  t.true(argv.includes('HOSTCC=/quiltboot/cc gcc -fcommon'));
});

test('a layer of the compiler cache that others read as well is never written by a build with one of its own', (t) => {
  const environment = (cache: CompilerCache | undefined): Record<string, string> =>
    makeEnvironment({ ...sandboxPlaces, cache }, '/usr/bin', ' -j2');
  t.false(Object.keys(environment(undefined)).some((name) => name.startsWith('CCACHE')));
  const own = environment(layers);
  t.is(own.CCACHE_REMOTE_STORAGE, 'file:/ccache/own');
  t.is(own.CCACHE_REMOTE_ONLY, '1');
  t.is(own.CCACHE_CONFIGPATH, '/dev/null');
  const others = environment({ writes: '/ccache/series', shared: false, reads: ['/ccache/tree'], fresh: true });
  t.is(others.CCACHE_DIR, '/ccache/series');
  t.is(others.CCACHE_REMOTE_STORAGE, 'file:/ccache/tree|read-only');
  t.is(others.CCACHE_REMOTE_ONLY, undefined);
  t.is(others.CCACHE_RECACHE, '1');
});

test('the identity of a make names no place, and differs with flags, target and layout', (t) => {
  const identity = (...args: Parameters<typeof makeIdentity>): string => JSON.stringify(makeIdentity(...args));
  const own = identity(s390x, old, '6.1.1');
  t.false(own.includes('/build'));
  t.not(own, identity(s390x, { ...old, flags: ['-O1'] }, '6.1.1'));
  t.not(own, identity(s390x, old, '2.6.22'));
  t.not(own, identity(i386, old, '6.1.1'));
});
