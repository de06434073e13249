import test from 'ava';
import { fileDiff, withInclude } from '../../../harness/includes/index.ts';

const cases: readonly [string, string, string, string][] = [
  [
    'among sorted ones',
    '#include <linux/fs.h>\n#include <linux/slab.h>\n\nint a;\n',
    '<linux/kmod.h>',
    '#include <linux/fs.h>\n#include <linux/kmod.h>\n#include <linux/slab.h>\n\nint a;\n',
  ],
  [
    'behind unsorted ones',
    '#include <linux/slab.h>\n#include <linux/fs.h>\n#include "x.h"\n',
    '<linux/kmod.h>',
    '#include <linux/slab.h>\n#include <linux/fs.h>\n#include <linux/kmod.h>\n#include "x.h"\n',
  ],
  [
    'in front of private ones',
    '/* a */\n#include "x.h"\n',
    '<linux/kmod.h>',
    '/* a */\n#include <linux/kmod.h>\n#include "x.h"\n',
  ],
  [
    'not under a condition',
    '#include <linux/fs.h>\n#ifdef CONFIG_A\n#include <linux/z.h>\n#endif\n',
    '<linux/kmod.h>',
    '#include <linux/fs.h>\n#include <linux/kmod.h>\n#ifdef CONFIG_A\n#include <linux/z.h>\n#endif\n',
  ],
  [
    'inside of the guard',
    '#ifndef _A_H\n#define _A_H\n\n#include <linux/fs.h>\n\n#endif\n',
    '<linux/kmod.h>',
    '#ifndef _A_H\n#define _A_H\n\n#include <linux/fs.h>\n#include <linux/kmod.h>\n\n#endif\n',
  ],
  [
    'into a file without any',
    '// SPDX\n/*\n * A.\n */\n\nint a;\n',
    '<linux/kmod.h>',
    '// SPDX\n/*\n * A.\n */\n\n#include <linux/kmod.h>\nint a;\n',
  ],
  ['once', '#include <linux/kmod.h>\n', '<linux/kmod.h>', '#include <linux/kmod.h>\n'],
];

for (const [what, before, spec, after] of cases) {
  test(`an include goes ${what}`, (t) => t.is(withInclude(before, spec), after));
}

test('the change is a diff in git’s form', (t) => {
  t.is(
    fileDiff('kernel/a.c', 'a\nb\n', 'a\nx\nb\n'),
    'diff --git a/kernel/a.c b/kernel/a.c\n--- a/kernel/a.c\n+++ b/kernel/a.c\n@@ -1,2 +1,3 @@\n a\n+x\n b\n',
  );
});
