import test from 'ava';
import { failedGoal, readBuildLog } from '../../../harness/make/index.ts';

const roots = { worktree: '/linux', directory: '/build' };

/** Lines of a log, and what its first error is: its place and a part of its message. */
const logs: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'modpost gives up',
    'FATAL: modpost: GPL-incompatible module spool.ko uses GPL-only symbol',
    'make',
    /GPL-incompatible/,
  ],
  [
    'a box of the top Makefile',
    '***\n*** Configuration file ".config" not found!\n***\nmake: *** [Makefile:800: x] Error 1',
    'make',
    /^Configuration file/,
  ],
  ['clang itself', 'clang-15: error: unknown argument: -mspool', 'make', /unknown argument/],
  ['lld', 'ld.lld: error: undefined symbol: spool\n>>> referenced by spool.c:12', 'make', /^undefined symbol: spool/],
  [
    'the linker without a directory',
    "ld: kernel/spool.o: in function `wind':\nspool.c:(.text+0x10): undefined reference to `reel'",
    'kernel/spool.c',
    /undefined reference/,
  ],
  [
    'the linker of an old kernel',
    "kernel/built-in.o: In function `wind':\nspool.c:(.text+0x10): undefined reference to `reel'",
    'kernel/spool.c',
    /undefined reference/,
  ],
  [
    'rustc',
    'error[E0425]: cannot find value `x` in this scope\n  --> rust/kernel/spool.rs:12:5\n   |',
    'rust/kernel/spool.rs:12',
    /cannot find value/,
  ],
  [
    'dtc',
    'Error: arch/arm/boot/dts/spool.dts:12.3-4 syntax error\nFATAL ERROR: Unable to parse input tree',
    'arch/arm/boot/dts/spool.dts:12',
    /syntax error/,
  ],
  [
    'a check of dtc',
    'arch/arm/boot/dts/spool.dts:12.9-13: ERROR (phandle_references): /soc: no such node',
    'arch/arm/boot/dts/spool.dts:12',
    /phandle_references/,
  ],
  [
    'Kconfig',
    'drivers/spool/Kconfig:12:error: recursive dependency detected!',
    'drivers/spool/Kconfig:12',
    /recursive dependency/,
  ],
  [
    'a configuration that is not whole',
    '  ERROR: Kernel configuration is invalid.\n         include/generated/autoconf.h is missing.',
    'make',
    /^Kernel configuration is invalid/,
  ],
  [
    'host stamps',
    '2026-11-30T07:12:05.1234567Z kernel/spool.c:12:5: error: no spool\n2026-11-30T07:12:06.1234567Z make: *** [Makefile:1: kernel] Error 2',
    'kernel/spool.c:12',
    /^no spool$/,
  ],
  [
    'the first error, not the last line',
    'kernel/spool.c:12:5: error: no spool\nkernel/spool.c:13:5: error: no reel\nmake[1]: *** [scripts/Makefile.build:250: kernel/spool.o] Error 1',
    'kernel/spool.c:12',
    /^no spool$/,
  ],
];

for (const [what, text, place, message] of logs) {
  test(`the error of ${what}`, (t) => {
    const { findings } = readBuildLog(text, roots);
    const first = findings.find(({ diagnostic }) => diagnostic.severity === 'error')?.diagnostic;
    t.is([first?.file ?? 'make', first?.line].filter((part) => part !== undefined).join(':'), place);
    t.regex(first?.message ?? '', message);
  });
}

test('warnings that count as errors are told once', (t) => {
  const text = 'cc1: warnings being treated as errors\nkernel/spool.c:12: error: unused variable `spool`\n';
  t.is(readBuildLog(text, roots).findings.length, 1);
});

test('where nobody says why, the first goal that failed is named', (t) => {
  const text =
    'spooler: it broke\nmake[1]: *** [scripts/Makefile.build:250: kernel/spool.o] Error 1\nmake: *** [Makefile:1: kernel] Error 2\n';
  t.is(failedGoal(text)?.diagnostic.file, 'kernel/spool.o');
});
