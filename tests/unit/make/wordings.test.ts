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
    'the linker with a line and a section',
    "ld: kernel/spool.o: in function `wind':\n/linux/kernel/spool.c:12:(.text+0x10): undefined reference to `reel'",
    'kernel/spool.c:12',
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
  [
    'the compiler of itself',
    "during RTL pass: reload\nkernel/spool.c: In function 'wind':\nkernel/spool.c:77:1: internal compiler error: in extract_constrain_insn, at recog.c:2670\n   77 | }\n      | ^\nPlease submit a full bug report,\nmake[4]: *** [scripts/Makefile.build:243: kernel/spool.o] Error 1",
    'kernel/spool.c:77',
    /^internal compiler error: in extract/,
  ],
  [
    'a compiler that was killed',
    'gcc: fatal error: Killed signal terminated program cc1\ncompilation terminated.\nmake[4]: *** [scripts/Makefile.build:243: kernel/spool.o] Error 1',
    'make',
    /^Killed signal/,
  ],
  ['an old compiler that was killed', 'gcc: Internal error: Killed (program cc1)', 'make', /Killed/],
  [
    'a linker that a script ran and somebody killed',
    'scripts/link-vmlinux.sh: line 77: 12345 Killed                  ld -r -o vmlinux.o\nmake[2]: *** [vmlinux] Error 137',
    'scripts/link-vmlinux.sh:77',
    /^Killed/,
  ],
  [
    'a full disk, by the compiler',
    'fatal error: error writing to /tmp/ccabcdef.s: No space left on device\ncompilation terminated.',
    'make',
    /No space left/,
  ],
  [
    'a full disk, by the assembler',
    "{standard input}: Assembler messages:\n{standard input}: Fatal error: can't write 77 bytes to section .text of kernel/spool.o: 'No space left on device'",
    '{standard input}',
    /No space left/,
  ],
  ['a full disk, by the linker', 'ld: final link failed: No space left on device', 'make', /No space left/],
  [
    'the linker of an old kernel without debug information',
    "drivers/built-in.o: In function `wind':\n(.text+0x10): undefined reference to `reel'",
    'drivers/built-in.o',
    /undefined reference/,
  ],
  [
    'a linker script',
    'ld:./arch/x86/kernel/vmlinux.lds:77: syntax error',
    './arch/x86/kernel/vmlinux.lds:77',
    /syntax/,
  ],
  [
    'a compiler that is not there',
    'make: s390x-linux-gnu-gcc: No such file or directory\nmake[1]: *** [kernel/spool.o] Error 127',
    'make',
    /s390x-linux-gnu-gcc: No such file/,
  ],
  [
    'a tree that is not clean, of an old kernel',
    "  /src is not clean, please run 'make mrproper'\n  in the '/src' directory.\nmake[1]: *** [prepare3] Error 1",
    'make',
    /is not clean/,
  ],
  [
    'pahole',
    'BTF: .tmp_vmlinux1: pahole (pahole) is not available\nFailed to generate BTF for vmlinux',
    'make',
    /pahole/,
  ],
  ['resolve_btfids', 'FAILED: load BTF from vmlinux: Invalid argument', 'make', /load BTF/],
  ['kallsyms', 'Inconsistent kallsyms data\nTry make KALLSYMS_EXTRA_PASS=1 as a workaround', 'make', /kallsyms/],
  [
    'Perl',
    "Can't locate Spool.pm in @INC (you may need to install it) at scripts/spool.pl line 7.\nBEGIN failed--compilation aborted at scripts/spool.pl line 7.",
    'scripts/spool.pl:7',
    /Spool\.pm/,
  ],
  [
    'Python',
    'Traceback (most recent call last):\n  File "scripts/spool.py", line 7, in <module>\n    import spool\nModuleNotFoundError: No module named \'spool\'',
    'make',
    /No module named/,
  ],
  [
    'an old compiler for which warnings are errors',
    "cc1: warnings being treated as errors\nkernel/spool.c:77: warning: unused variable 'reel'\nmake[2]: *** [kernel/spool.o] Error 1",
    'kernel/spool.c:77',
    /unused variable/,
  ],
  [
    'a compiler that ends its lines with CR LF',
    "kernel/spool.c:77:16: error: 'reel' undeclared\r\nmake: *** [x] Error 1\r",
    'kernel/spool.c:77',
    /^'reel' undeclared$/,
  ],
  [
    'a compiler in colours, with a stamp of the host',
    "2024-05-06T07:08:09.1234567Z ##[error]\u001b[01m\u001b[Kkernel/spool.c:77:16:\u001b[m\u001b[K \u001b[01;31m\u001b[Kerror: \u001b[m\u001b[K'reel' undeclared",
    'kernel/spool.c:77',
    /^'reel' undeclared$/,
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

test('what is no error, though it looks like one', (t) => {
  const text = [
    "*** Default configuration is based on 'defconfig'",
    '  CC      kernel/errors.o',
    '  Selected by [m]:',
    'ld: warning: kernel/spool.o: missing .note.GNU-stack section implies executable stack',
    'ld: NOTE: This behaviour is deprecated and will be removed in a future version of the linker',
    'Kernel: arch/x86/boot/bzImage is ready  (#1)',
  ].join('\n');
  const { findings, made } = readBuildLog(text, roots);
  t.deepEqual(
    findings.filter(({ diagnostic }) => diagnostic.severity === 'error').map(({ diagnostic }) => diagnostic.message),
    [],
  );
  t.deepEqual([...made], ['kernel/errors.o']);
});

test('a message without a place is told with the goal that make gave up', (t) => {
  const text = [
    '  CC      kernel/other.o',
    "clang: error: unknown argument: '-mspool'",
    'make[4]: *** [scripts/Makefile.build:243: kernel/spool.o] Error 1',
  ].join('\n');
  t.is(readBuildLog(text, roots).findings[0]?.diagnostic.object, 'kernel/spool.o');
});
