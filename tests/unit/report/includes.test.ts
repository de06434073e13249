import test from 'ava';
import type { Cell, FixResult, IndirectUse, LintResult } from '../../../harness/model/index.ts';
import { renderFix, renderLint } from '../../../harness/report/index.ts';
import { cell, patchesOf, runOf } from '../../support/sample-run.ts';

const chain = [
  { from: 'kernel/pulse.c', line: 3, spec: '<linux/highmem.h>', to: 'include/linux/highmem.h' },
  { from: 'include/linux/highmem.h', line: 9, spec: '<linux/kmod.h>', to: 'include/linux/kmod.h' },
];
const safe: IndirectUse = {
  file: 'kernel/pulse.c',
  use: { name: 'list_head', line: 8, kind: 'struct' },
  include: '<linux/list.h>',
  ways: [{ target: 'x86_64', chain, weak: [] }],
};
const risky: IndirectUse = {
  file: 'kernel/pulse.c',
  use: { name: 'request_module', line: 20, kind: 'call' },
  include: '<linux/kmod.h>',
  ways: [
    { target: 'x86_64', chain, weak: ['include/linux/highmem.h:9 is under #ifdef CONFIG_HIGHMEM'] },
    { target: 'i386', chain, weak: ['include/linux/highmem.h:9 is under #ifdef CONFIG_HIGHMEM'] },
    { target: 's390x', chain: [], weak: ['nothing declares it there'] },
  ],
};
const result: LintResult = {
  uses: [safe, risky],
  files: ['kernel/pulse.c'],
  unseen: ['drivers/gone.c'],
  targets: ['x86_64', 'i386', 's390x'],
};

test('a risky use is told with the way of each target, equal ways once', (t) => {
  t.is(
    renderLint(result, false),
    `kernel/pulse.c: <linux/kmod.h>
  uses request_module (line 20)
    x86_64, i386: kernel/pulse.c:3 -> include/linux/highmem.h:9 -> include/linux/kmod.h
      include/linux/highmem.h:9 is under #ifdef CONFIG_HIGHMEM
    s390x: nothing declares it there

drivers/gone.c: not checked: no translation unit of these targets contains it
1 file on x86_64, i386, s390x: 1 risky, 1 indirect (--all shows them)
`,
  );
});

test('all uses are told when all are asked for; a struct is named as one', (t) => {
  const text = renderLint(result, true);
  t.regex(text, /^kernel\/pulse\.c: <linux\/list\.h>\n {2}uses struct list_head \(line 8\)\n {4}x86_64: kernel/m);
  t.regex(text, /1 risky, 1 indirect\n$/);
  t.regex(renderLint({ ...result, uses: [safe] }, false), /: 0 risky, 1 indirect \(--all shows them\)\n$/);
});

const at = (point: number, rest: Partial<Cell> = {}): Cell => ({ ...cell({ point, target: 's390x' }), ...rest });

const fixes = [{ patch: 'a.patch', file: 'kernel/pulse.c', includes: ['<linux/kmod.h>', '<linux/list.h>'] }];

test('a fix names the includes, the files of the queue and what was built', (t) => {
  const trial = runOf([at(0), at(1)], {
    points: [0, 1],
    series: { name: 'x', patches: patchesOf(1) },
  });
  const fixed: FixResult = { fixes, written: ['/home/me/patches/x/a.patch'], trial };
  t.is(
    renderFix(fixed, '/home/me'),
    `
fixed (built points 0, 1 on ${trial.targets.join(', ')}; run again for the rest):
  a.patch: kernel/pulse.c includes <linux/kmod.h> and <linux/list.h>
written:
  patches/x/a.patch
`,
  );
});

test('a fix that does not build says where, and that nothing was written', (t) => {
  const trial = runOf([
    at(0),
    at(1, {
      outcome: 'fail',
      stage: 'build',
      cause: { blame: 'kernel', summary: 'kernel/pulse.c:9: no such thing', excerpt: [] },
    }),
  ]);
  const text = renderFix({ fixes, written: [], trial, problem: 'the changed queue does not build' }, '/home/me');
  t.regex(
    text,
    /^\nnot fixed: the changed queue does not build\n {2}a\.patch: .*\n {2}point 1 on s390x: kernel\/pulse\.c:9: no such thing\n$/,
  );
  t.notRegex(text, /written|point 0/);
});
