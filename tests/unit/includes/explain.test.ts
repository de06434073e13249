import test from 'ava';
import { declarationsIn, explainMissing, type MissingName } from '../../../harness/includes/index.ts';
import { type Piece, unitOn } from './helpers.ts';

const texts: Readonly<Record<string, string>> = {
  'include/linux/highmem.h': '#include <linux/fs.h>\n#ifdef CONFIG_HIGHMEM\n#include <asm/highmem.h>\n#endif\n',
  'include/linux/kmod.h': '#ifdef CONFIG_MODULES\nint call(void);\n#endif\n',
};
const read = (file: string): Promise<string | undefined> => Promise.resolve(texts[file]);

const call: MissingName = { name: 'call', kind: 'name', file: 'kernel/a.c', line: 9, object: 'kernel/a.o' };
const fs: Piece = { file: 'include/linux/fs.h', lines: [''] };
const kmod: Piece = { file: 'include/linux/kmod.h', lines: ['', 'int call(void);'] };

function main(highmem: readonly Piece['lines'][number][]): Piece {
  return {
    file: 'kernel/a.c',
    lines: [{ spec: '<linux/highmem.h>', opens: { file: 'include/linux/highmem.h', lines: highmem } }],
  };
}

const asm = (lines: Piece['lines']): Piece => ({ file: 'include/asm-x86_64/highmem.h', lines });
const with_ = main([
  { spec: '<linux/fs.h>', opens: fs },
  '',
  { spec: '<asm/highmem.h>', opens: asm([{ spec: '<linux/kmod.h>', opens: kmod }]) },
]);
const without = main([{ spec: '<linux/fs.h>', opens: fs }]);

test('an include under an option that is not set', async (t) => {
  const units = [unitOn('i386', with_, { CONFIG_HIGHMEM: 'y' }), unitOn('s390x', without)];
  const { advice, include } = await explainMissing({ missing: call, units, failing: ['s390x'], inTree: [], read });
  t.deepEqual(advice, [
    'call is declared at include/linux/kmod.h:2',
    'i386 reaches it by kernel/a.c:1 -> include/linux/highmem.h:3 -> include/asm-x86_64/highmem.h:1 -> include/linux/kmod.h',
    's390x does not: include/linux/highmem.h:3 includes <asm/highmem.h> only under #ifdef CONFIG_HIGHMEM (include/linux/highmem.h:2); CONFIG_HIGHMEM is not set on s390x (y on i386)',
  ]);
  t.deepEqual(include, { file: 'kernel/a.c', line: 9, include: '<linux/kmod.h>', symbol: 'call' });
});

test("another architecture's header under the same name", async (t) => {
  const other: Piece = { file: 'include/asm-s390/highmem.h', lines: [''] };
  const units = [
    unitOn('x86_64', with_),
    unitOn('s390x', main([{ spec: '<linux/fs.h>', opens: fs }, '', { spec: '<asm/highmem.h>', opens: other }])),
  ];
  const { advice } = await explainMissing({ missing: call, units, failing: ['s390x'], inTree: [], read });
  t.is(
    advice[2],
    's390x does not: at include/linux/highmem.h:3 <asm/highmem.h> is include/asm-s390/highmem.h there, which does not lead to it',
  );
});

test('when every target fails, the tree tells', async (t) => {
  const units = [unitOn('x86_64', without), unitOn('s390x', without)];
  const inTree = ['include/asm-x86_64/kmod.h', 'include/linux/kmod.h'].flatMap((file) =>
    declarationsIn(file, 'int call(void);', 'call'),
  );
  const { advice, include } = await explainMissing({
    missing: call,
    units,
    failing: ['x86_64', 's390x'],
    inTree,
    read,
  });
  t.deepEqual(advice, [
    'call is declared at include/linux/kmod.h:1',
    'no target that was built reaches include/linux/kmod.h from kernel/a.c',
  ]);
  t.is(include?.include, '<linux/kmod.h>');
});

test('an option that would bring the header in is named', async (t) => {
  const more: Readonly<Record<string, string>> = {
    ...texts,
    'kernel/a.c': '#include <linux/highmem.h>\n',
    'include/linux/fs.h': '',
    'include/asm-i386/highmem.h': '#include <linux/kmod.h>\n',
  };
  const asmFile: Piece = { file: 'include/asm-i386/page.h', lines: [''] };
  const units = [
    unitOn('i386', main([{ spec: '<linux/fs.h>', opens: fs }, '', '', { spec: '<asm/page.h>', opens: asmFile }])),
  ];
  const { advice } = await explainMissing({
    missing: call,
    units,
    failing: ['i386'],
    inTree: declarationsIn('include/linux/kmod.h', 'int call(void);', 'call'),
    read: (file) => Promise.resolve(more[file]),
  });
  t.is(
    advice[2],
    'i386 would reach it with #ifdef CONFIG_HIGHMEM (include/linux/highmem.h:2), by the include at include/linux/highmem.h:3',
  );
});

test('a name that no header declares is said to be unknown, and nothing is proposed', async (t) => {
  const units = [unitOn('x86_64', without)];
  const found = await explainMissing({ missing: call, units, failing: ['x86_64'], inTree: [], read });
  t.deepEqual(found, {
    advice: [
      'no header under include/ or arch/*/include declares call: the name is misspelt, or this tree does not have it',
    ],
  });
});

test('a declaration that the configuration hides is not mended by an include', async (t) => {
  const hidden: Piece = { file: 'include/linux/kmod.h', lines: ['', ''] };
  const units = [unitOn('s390x', { file: 'kernel/a.c', lines: [{ spec: '<linux/kmod.h>', opens: hidden }] })];
  const inTree = declarationsIn('include/linux/kmod.h', texts['include/linux/kmod.h'] ?? '', 'call');
  const { advice, include } = await explainMissing({ missing: call, units, failing: ['s390x'], inTree, read });
  t.is(include, undefined);
  t.is(
    advice[1],
    's390x includes include/linux/kmod.h as well, but does not see that line, which is under #ifdef CONFIG_MODULES (include/linux/kmod.h:1)',
  );
});

test('a name that is declared behind its use is not mended by an include either', async (t) => {
  const late: Piece = {
    file: 'kernel/a.c',
    lines: ['void f(void) { call(); }', 'static int call(void) { return 0; }'],
  };
  const units = [unitOn('x86_64', late)];
  const { advice, include } = await explainMissing({ missing: call, units, failing: ['x86_64'], inTree: [], read });
  t.deepEqual(advice, ['call is declared at kernel/a.c:2 on x86_64, after its use']);
  t.is(include, undefined);
});

test('a part of a header is included by its whole', async (t) => {
  const part: Piece = { file: 'include/linux/kmod_api_smp.h', lines: ['int call(void);'] };
  const whole: Piece = { file: 'include/linux/kmod.h', lines: [{ spec: '<linux/kmod_api_smp.h>', opens: part }] };
  const units = [unitOn('x86_64', main([{ spec: '<linux/kmod.h>', opens: whole }])), unitOn('s390x', without)];
  const { include } = await explainMissing({ missing: call, units, failing: ['s390x'], inTree: [], read });
  t.is(include?.include, '<linux/kmod.h>');
});
