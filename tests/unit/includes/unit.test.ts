import test from 'ava';
import { unitCommand } from '../../../harness/includes/index.ts';
import { chainTo, relativePath } from '../../../harness/includes/unit.ts';
import { unitOf } from './helpers.ts';

const kmod = { file: 'include/linux/kmod.h', lines: ['', 'int call(void);'] };
const main = {
  file: 'kernel/a.c',
  lines: [
    '/* A comment with an #include <linux/none.h>. */',
    {
      spec: '<linux/mm.h>',
      opens: {
        file: 'include/linux/mm.h',
        lines: ['', { spec: '<linux/kmod.h>', opens: kmod }, 'struct mm {', '\tint x;', '};'],
      },
    },
    { spec: '<linux/kmod.h>' },
    'int own;',
  ],
};

test('files, includes and declarations have their places', (t) => {
  const unit = unitOf(main);
  t.is(unit.main, 'kernel/a.c');
  t.deepEqual([...unit.files.keys()], ['kernel/a.c', 'include/linux/mm.h', 'include/linux/kmod.h']);
  t.deepEqual(
    unit.edges.map(({ from, line, to }) => `${from}:${line} ${to ?? '?'}`),
    [
      'kernel/a.c:2 include/linux/mm.h',
      'include/linux/mm.h:2 include/linux/kmod.h',
      'kernel/a.c:3 include/linux/kmod.h',
    ],
    'an include that is passed over leads to its file as well',
  );
  t.like(unit.declarations.get('call')?.[0], { kind: 'function', file: 'include/linux/kmod.h', line: 2 });
  t.like(unit.declarations.get('mm')?.[0], { kind: 'struct', file: 'include/linux/mm.h', line: 3 });
  t.like(unit.declarations.get('own')?.[0], { file: 'kernel/a.c', line: 4 });
  t.deepEqual(
    chainTo(unit, 'include/linux/kmod.h').map(({ from }) => from),
    ['kernel/a.c', 'include/linux/mm.h'],
  );
});

test('paths are those of the tree, wherever the compiler saw them', (t) => {
  const places = { worktree: '/linux', directory: '/build', arch: 's390' };
  t.is(relativePath('/linux/include/linux/a.h', places), 'include/linux/a.h');
  t.is(relativePath('./include/generated/autoconf.h', places), 'include/generated/autoconf.h');
  t.is(relativePath('/linux/kernel/sched/../a.h', places), 'kernel/a.h');
  t.is(relativePath('include2/asm/page.h', places), 'include/asm-s390/page.h');
  t.is(relativePath('/linux/arch/s390/include/asm/page.h', places), 'arch/s390/include/asm/page.h');
});

test("kbuild's record becomes a command that prints the unit", (t) => {
  const record = `cmd_kernel/a.i := gcc -E -Wp,-MMD,kernel/.a.i.d -DX='"$$a"' -D'Y=$(pound)1' -o kernel/a.i /linux/kernel/a.c\n\nsource_x := y\n`;
  t.is(unitCommand(record), `gcc -E -DX='"$a"' -D'Y=#1' /linux/kernel/a.c -dDI 2>/dev/null`);
  t.is(unitCommand(record.replace('cmd_', 'savedcmd_')), unitCommand(record));
  t.is(unitCommand('cmd_kernel/a.o := gcc -c -o kernel/a.o a.c\n'), undefined);
});
