import test from 'ava';
import { isOfKconfig, madeBy, readBuildLog } from '../../../harness/make/index.ts';

const roots = { worktree: '/linux', directory: '/build' };

function read(...lines: string[]): ReturnType<typeof readBuildLog> {
  return readBuildLog(`${lines.join('\n')}\n`, roots);
}

test('a warning of the compiler has its place, option, object and context', (t) => {
  const { findings, made } = read(
    '  CC      kernel/fork.o',
    'In file included from /linux/include/linux/sched.h:4,',
    '                 from /linux/kernel/fork.c:2:',
    "/linux/include/linux/list.h: In function 'list_init':",
    "/linux/include/linux/list.h:10:7: warning: unused variable 'x' [-Wunused-variable]",
    '   10 |   int x;',
    '      |       ^',
    '/linux/include/linux/list.h:3:1: note: declared here',
    '  CC      kernel/exit.o',
  );
  t.deepEqual([...made], ['kernel/fork.o', 'kernel/exit.o']);
  t.deepEqual(
    findings.map(({ diagnostic }) => diagnostic),
    [
      {
        severity: 'warning',
        file: 'include/linux/list.h',
        line: 10,
        column: 7,
        message: "unused variable 'x'",
        option: '-Wunused-variable',
        object: 'kernel/fork.o',
      },
    ],
  );
  t.is(findings[0]?.lines.length, 7);
  t.is(findings[0]?.lines[0], 'In file included from include/linux/sched.h:4,');
});

test('what kconfig says is told from what compilers say', (t) => {
  const { findings } = read(
    'scripts/kconfig/conf -s arch/s390/Kconfig',
    "drivers/macintosh/Kconfig:116:warning: 'select' used by config symbol 'A' refers to undefined symbol 'B'",
    '.config:12:warning: override: reassigning to symbol SMP',
    'WARNING: unmet direct dependencies detected for A',
    '  CC      kernel/fork.o',
    "/linux/kernel/fork.c:10:7: warning: unused variable 'x' [-Wunused-variable]",
    'WARNING: modpost: vmlinux.o: section mismatch in reference',
  );
  t.deepEqual(findings.map(isOfKconfig), [true, true, true, false, false]);
});

test('quiet lines of every kind name what is made', (t) => {
  t.is(madeBy('  CC [M]  fs/ext4/inode.o'), 'fs/ext4/inode.o');
  t.is(madeBy('  HOSTCC  scripts/basic/fixdep'), 'scripts/basic/fixdep');
  t.is(madeBy('  LD      vmlinux'), 'vmlinux');
  t.is(madeBy('  MODPOST vmlinux'), 'modpost:vmlinux', 'it runs without the linker running');
  t.is(madeBy('   10 |   int x;'), undefined);
  t.is(madeBy('make[1]: Entering directory'), undefined);
});

const single = [
  ["/linux/arch/x86/lib/copy.S:12: Error: no such instruction: `foo %eax'", 'error', 'arch/x86/lib/copy.S', 12],
  ['/linux/arch/x86/lib/copy.S:12: Warning: missing operand', 'warning', 'arch/x86/lib/copy.S', 12],
  ["fork.c:(.text+0x1f): undefined reference to `container_fork'", 'error', 'fork.c', undefined],
  ["/linux/kernel/fork.c:88: undefined reference to `container_fork'", 'error', 'kernel/fork.c', 88],
  [
    "s390x-linux-gnu-ld: kernel/fork.o:(.bss+0x0): multiple definition of `x'; kernel/exit.o:(.bss+0x0): first defined here",
    'error',
    'kernel/fork.o',
    undefined,
  ],
  ['ld: warning: vmlinux has a LOAD segment with RWX permissions', 'warning', undefined, undefined],
  ['ld: section .text VMA overlaps section .data', 'error', undefined, undefined],
  ['vmlinux.o: warning: objtool: f()+0x12: unreachable instruction', 'warning', 'vmlinux.o', undefined],
  [
    'WARNING: modpost: vmlinux.o: section mismatch in reference: a (section: .text) -> b (section: .init.text)',
    'warning',
    undefined,
    undefined,
  ],
  ['ERROR: modpost: "container_of_task" [fs/x.ko] undefined!', 'error', undefined, undefined],
  [
    "make[2]: *** No rule to make target 'kernel/container.o', needed by 'kernel/built-in.a'.  Stop.",
    'error',
    undefined,
    undefined,
  ],
  ['/linux/kernel/Makefile:12: *** missing separator.  Stop.', 'error', 'kernel/Makefile', 12],
  ['kernel/Kconfig:3:warning: config symbol defined without type', 'warning', 'kernel/Kconfig', 3],
  ['kernel/Kconfig:3: syntax error', 'error', 'kernel/Kconfig', 3],
  ['/linux/Makefile:9: warning: overriding recipe for target', 'warning', 'Makefile', 9],
] as const;

for (const [line, severity, file, number] of single) {
  test(`reads: ${line.slice(0, 60)}`, (t) => {
    const { findings } = read(line);
    t.is(findings.length, 1);
    const diagnostic = findings[0]?.diagnostic;
    t.deepEqual([diagnostic?.severity, diagnostic?.file, diagnostic?.line], [severity, file, number]);
    t.false(diagnostic?.message.includes('Stop.'));
  });
}

test('what make repeats of an error and plain output are no messages', (t) => {
  const { findings } = read(
    'make[2]: *** [/linux/scripts/Makefile.build:250: kernel/fork.o] Error 1',
    'make: *** [Makefile:203: __sub-make] Error 2',
    'make[1]: *** Waiting for unfinished jobs....',
    'cc1: all warnings being treated as errors',
    'Kernel: arch/x86/boot/bzImage is ready  (#1)',
    'Setup is 12345 bytes (padded to 12800 bytes).',
    '#',
    '# configuration written to .config',
    "ld: kernel/fork.o: in function `f':",
  );
  t.deepEqual(findings, []);
});

test("the tree's own directory of the same name stays in a path", (t) => {
  const { findings } = read('/linux/include/linux/a.h:1:1: error: x', './include/generated/b.h:2:1: error: y');
  t.deepEqual(
    findings.map(({ diagnostic }) => diagnostic.file),
    ['include/linux/a.h', 'include/generated/b.h'],
  );
});
