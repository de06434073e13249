import test from 'ava';
import { declarationsIn } from '../../../harness/includes/index.ts';

function kinds(text: string, name: string): string[] {
  return declarationsIn('include/linux/x.h', text, name).map(({ kind, line }) => `${kind}:${line}`);
}

const cases: readonly [string, string, string, readonly string[]][] = [
  ['a prototype', 'extern int call(char *path,\n\tint wait);', 'call', ['function:1']],
  ['a prototype behind an attribute', '__printf(1, 2) void say(const char *f, ...) __cold;', 'say', ['function:1']],
  [
    'an inline function',
    'static inline struct list *first(struct list *l)\n{\n\treturn l;\n}',
    'first',
    ['function:1'],
  ],
  ['no parameter', 'int call(char *path, int wait);', 'wait', []],
  ['no struct of a parameter', 'static inline int call(struct task *t)\n{\n\treturn 0;\n}', 'task', []],
  ['no call in a body', 'static inline void a(void)\n{\n\tcall();\n}', 'call', []],
  ['a macro', '/* x */\n#define UMH_WAIT 1 /* with\n words */\n', 'UMH_WAIT', ['macro:2']],
  ['a constant', 'enum mode {\n\tONE,\n\tTWO = (1 << 2),\n\tTHREE\n};', 'THREE', ['constant:4']],
  ['no value of a constant', 'enum { ONE = OTHER };', 'OTHER', []],
  ['a constant in a struct', 'struct a {\n\tenum {\n\t\tIN\n\t} x;\n};', 'IN', ['constant:3']],
  ['a definition of a struct', 'struct a;\nstruct a {\n\tint x;\n} __packed;', 'a', ['struct:2']],
  ['no mere name of a struct', 'struct a;\nextern struct a *f(void);', 'a', []],
  ['a struct in a struct', 'struct a {\n\tstruct b {\n\t\tint x;\n\t} y;\n};', 'b', ['struct:2']],
  ['a packed struct', 'struct __attribute__((packed)) a {\n\tint x;\n};', 'a', ['struct:1']],
  ['a type', 'typedef unsigned int u32;', 'u32', ['typedef:1']],
  ['a type of functions', 'typedef int (*work_func_t)(struct work *work);', 'work_func_t', ['typedef:1']],
  ['a type of a struct', 'typedef struct {\n\tint counter;\n} atomic_t;', 'atomic_t', ['typedef:3']],
  ['a variable', 'extern unsigned long volatile jiffies;', 'jiffies', ['variable:1']],
  ['a variable with a section', 'extern int nr __read_mostly;', 'nr', ['variable:1']],
  ['no type in front of an attribute', 'extern u64 __attribute__((section(".data"))) jiffies_64;', 'u64', []],
  ['no type in front of underscores', 'static inline u64 ___hash(u64 x)\n{\n\treturn x;\n}', 'u64', []],
  ['a function with underscores', 'static inline u64 ___hash(u64 x)\n{\n\treturn x;\n}', '___hash', ['function:1']],
  [
    'a variable behind an attribute',
    'extern u64 __attribute__((section(".data"))) jiffies_64;',
    'jiffies_64',
    ['variable:1'],
  ],
  ['several variables', 'extern int one, two[3], *three;', 'two', ['variable:1']],
  ['a pointer to a function', 'extern void (*idle)(void);', 'idle', ['variable:1']],
  ['no initial value', 'static int a = b, c = d;', 'b', []],
  [
    'what follows two heads of one function',
    '#ifdef CONFIG_A\nint a(int x) {\n#else\nint a(long x) {\n#endif\n\treturn 0;\n}\nint b(void);',
    'b',
    ['function:8'],
  ],
  ['what follows an opening for C++', 'extern "C" {\nint b(void);\n}', 'b', ['function:2']],
];

for (const [what, text, name, expected] of cases) {
  test(`declares: ${what}`, (t) => t.deepEqual(kinds(text, name), expected));
}
