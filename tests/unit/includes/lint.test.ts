import test from 'ava';
import { findUses, IncludeLint, mergeUses } from '../../../harness/includes/index.ts';
import { isRisky } from '../../../harness/model/index.ts';
import { type Piece, unitOn } from './helpers.ts';

const every = new Set(Array.from({ length: 99 }, (_, index) => index + 1));

function names(text: string, lines: ReadonlySet<number> = every): string[] {
  return findUses(text, lines).map(({ kind, name }) => `${kind} ${name}`);
}

test('calls, values, types and structs that must be whole are uses', (t) => {
  const text = `static DEFINE_MUTEX(lock);
int f(struct task *task, size_t size)
{
	struct work work;
	int ret = -EINVAL, more;

	task->pid = size * HZ;
	more = ret;
	INIT_WORK(&work, g);
	return call(task->call, sizeof(struct page), more);
}
`;
  t.deepEqual(names(text), [
    'call DEFINE_MUTEX',
    'name lock',
    'call f',
    'name size_t',
    'struct work',
    'name EINVAL',
    'struct task',
    'name HZ',
    'call INIT_WORK',
    'name g',
    'call call',
    'struct page',
  ]);
});

test('a pointer to a struct alone, members, labels and other lines are none', (t) => {
  t.deepEqual(names('struct seq_file;\nint f(struct seq_file *m);\n', new Set([1, 2])), ['call f']);
  t.deepEqual(names('struct a {\n\tstruct group __rcu *group;\n};', new Set([2])), ['name __rcu']);
  t.deepEqual(names('extern const struct file_operations ops;', every), []);
  t.deepEqual(names('static struct ops o = { .show = a, };', every), ['struct ops', 'name a']);
  t.deepEqual(names('void f(void)\n{\nagain:\n\tgoto again;\n\tcall();\n}\n', new Set([3, 4])), []);
});

const kmod: Piece = { file: 'include/linux/kmod.h', lines: ['int call(void);'] };
const call = { name: 'call', line: 3, kind: 'call' } as const;

function userOf(spec: string, opens: Piece): Piece {
  return { file: 'kernel/a.c', lines: [{ spec, opens }, '', 'void f(void) { call(); }'] };
}

async function check(target: string, main: Piece, texts: Readonly<Record<string, string>> = {}) {
  const lint = new IncludeLint((file) => Promise.resolve(texts[file]));
  return { uses: await lint.check(unitOn(target, main), 'kernel/a.c', [call]), unknown: lint.unknown };
}

test('what is included directly, or by a private header, is in order', async (t) => {
  t.deepEqual((await check('x86_64', userOf('<linux/kmod.h>', kmod))).uses, []);
  const own: Piece = { file: 'kernel/internal.h', lines: [{ spec: '<linux/kmod.h>', opens: kmod }] };
  t.deepEqual((await check('x86_64', userOf('"internal.h"', own))).uses, []);
});

test('a way that every kernel has is indirect and not risky', async (t) => {
  const mm: Piece = { file: 'include/linux/mm.h', lines: [{ spec: '<linux/kmod.h>', opens: kmod }] };
  const { uses } = await check('x86_64', userOf('<linux/mm.h>', mm), {
    'include/linux/mm.h': '#include <linux/kmod.h>',
  });
  t.is(uses[0]?.include, '<linux/kmod.h>');
  t.false(uses.some(isRisky));
});

test('a way under a condition is risky', async (t) => {
  const mm: Piece = { file: 'include/linux/mm.h', lines: ['', { spec: '<linux/kmod.h>', opens: kmod }] };
  const text = '#ifdef CONFIG_HIGHMEM\n#include <linux/kmod.h>\n#endif\n';
  const { uses } = await check('i386', userOf('<linux/mm.h>', mm), { 'include/linux/mm.h': text });
  t.deepEqual(uses[0]?.ways[0]?.weak, ['include/linux/mm.h:2 is under #ifdef CONFIG_HIGHMEM']);
});

test("a way through an architecture's header is risky, also where another target does not know the name", async (t) => {
  const page: Piece = { file: 'arch/x86/include/asm/page.h', lines: [{ spec: '<linux/kmod.h>', opens: kmod }] };
  const x86 = await check('x86_64', userOf('<asm/page.h>', page));
  const other: Piece = { file: 'arch/s390/include/asm/page.h', lines: [''] };
  const s390 = await check('s390x', userOf('<asm/page.h>', other));
  t.deepEqual(s390.uses, []);
  const [merged] = mergeUses([...x86.uses, ...s390.uses], [...x86.unknown, ...s390.unknown]);
  t.deepEqual(
    merged?.ways.map(({ target, weak }) => [target, ...weak]),
    [
      ['x86_64', 'arch/x86/include/asm/page.h:1 is specific to one architecture'],
      ['s390x', 'nothing declares it there'],
    ],
  );
});

test('another way without a weak step makes it safe', async (t) => {
  const page: Piece = { file: 'arch/x86/include/asm/page.h', lines: [{ spec: '<linux/kmod.h>', opens: kmod }] };
  const mm: Piece = {
    file: 'include/linux/mm.h',
    lines: [{ spec: '<asm/page.h>', opens: page }, { spec: '<linux/kmod.h>' }],
  };
  const { uses } = await check('x86_64', userOf('<linux/mm.h>', mm));
  t.deepEqual(uses[0]?.ways[0]?.weak, []);
});

test("an architecture's header counts as its linux/ header", async (t) => {
  const asm: Piece = { file: 'arch/x86/include/asm/atomic.h', lines: ['int call(void);'] };
  const atomic: Piece = { file: 'include/linux/atomic.h', lines: [{ spec: '<asm/atomic.h>', opens: asm }] };
  t.deepEqual((await check('x86_64', userOf('<linux/atomic.h>', atomic))).uses, []);
});
