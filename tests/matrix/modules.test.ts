/** Modules of a series on a real kernel: one that needs another, one that stays, one that does not load. */
import test from 'ava';
import { kernelTimeoutMs } from '../support/kernels.ts';
import { newFileDiff } from '../support/new-file.ts';
import { emptyPlace, latestRun, placeIn } from '../support/program.ts';

const head = (subject: string): string =>
  `From: Ada Loom <ada@example.org>\nDate: Tue, 24 Nov 2026 16:40:00 +0000\nSubject: [PATCH] ${subject}\n\nFor guests.\n\nSigned-off-by: Ada Loom <ada@example.org>\n---\n`;

const reel = [
  '// SPDX-License-Identifier: GPL-2.0-only',
  '#include <linux/module.h>',
  '',
  'int reel_turns(void);',
  'int reel_turns(void)',
  '{',
  '\treturn 7;',
  '}',
  'EXPORT_SYMBOL_GPL(reel_turns);',
  'MODULE_LICENSE("GPL");',
];

const quilt = [
  '// SPDX-License-Identifier: GPL-2.0-only',
  '#include <linux/module.h>',
  '',
  'int reel_turns(void);',
  'static int patches;',
  'module_param(patches, int, 0444);',
  '',
  'static int __init quilt_init(void)',
  '{',
  '\tpr_info("quilt: %d patches on %d turns\\n", patches, reel_turns());',
  '\treturn 0;',
  '}',
  'module_init(quilt_init);',
  '',
  'static void __exit quilt_exit(void)',
  '{',
  '}',
  'module_exit(quilt_exit);',
  'MODULE_LICENSE("GPL");',
];

const makefile = `diff --git a/kernel/Makefile b/kernel/Makefile
--- a/kernel/Makefile
+++ b/kernel/Makefile
@@ -138,6 +138,8 @@ KCOV_INSTRUMENT_stackleak.o := n
 
 obj-$(CONFIG_SCF_TORTURE_TEST) += scftorture.o
 
+obj-m += reel.o quilt.o
+
 $(obj)/configs.o: $(obj)/config_data.gz
 
 targets += config_data config_data.gz
`;

const hold = `diff --git a/kernel/quilt.c b/kernel/quilt.c
--- a/kernel/quilt.c
+++ b/kernel/quilt.c
@@ -8,5 +8,6 @@ module_param(patches, int, 0444);
 static int __init quilt_init(void)
 {
 \tpr_info("quilt: %d patches on %d turns\\n", patches, reel_turns());
+\t__module_get(THIS_MODULE);
 \treturn 0;
 }
`;

const refuse = `diff --git a/kernel/quilt.c b/kernel/quilt.c
--- a/kernel/quilt.c
+++ b/kernel/quilt.c
@@ -8,6 +8,5 @@ module_param(patches, int, 0444);
 static int __init quilt_init(void)
 {
-\tpr_info("quilt: %d patches on %d turns\\n", patches, reel_turns());
-\t__module_get(THIS_MODULE);
-\treturn 0;
+\tpr_err("quilt: no cloth for %d patches on %d turns\\n", patches, reel_turns());
+\treturn -ENODEV;
 }
`;

const suite = `import { suite } from 'quiltboot/suite';
const { test } = suite();
test('is there', async (t, { guest }) => {
  t.is((await guest.read('/sys/module/quilt/parameters/patches')).trim(), '4');
  t.regex(await guest.read('/proc/modules'), /^reel \\d+ 1 quilt,/m);
});
`;

test.serial('modules are loaded after what they need, and taken out at the end', async (t) => {
  t.timeout(kernelTimeoutMs);
  const empty = await emptyPlace(t);
  // The user's own cache: the tree is in it.
  const place = placeIn(empty.directory, { NO_COLOR: '1' });
  await place.write('suites/quilt.ts', suite);
  await place.write('queue/series', 'reel.patch\nhold.patch\nrefuse.patch\n');
  const sources = newFileDiff('kernel/reel.c', reel) + newFileDiff('kernel/quilt.c', quilt);
  await place.write('queue/reel.patch', `${head('reel: count turns')}\n${makefile}${sources}`);
  await place.write('queue/hold.patch', `${head('quilt: hold itself')}\n${hold}`);
  await place.write('queue/refuse.patch', `${head('quilt: refuse to start')}\n${refuse}`);
  await place.write(
    'quiltboot.yaml',
    `version: 1
defaults: {series: quilt, tree: linux-6.1, targets: [x86_64]}
modules: [{name: quilt, parameters: patches=4}]
trees:
  linux-6.1: {base: "6.1", debian: linux-source-6.1, fragments: [builtin]}
series:
  quilt:
    trust: own
    suites: [suites]
    bases: {"6.1": {queue: queue}}
`,
  );
  const { code, out, err } = await place.run('run', '--points', '1..3', '--keep-going');
  t.log(out, err);
  t.is(code, 1, err);
  const { cells } = await latestRun(place);
  const [first, second, third] = [1, 2, 3].map((point) => cells.find((one) => one.point === point));
  t.is(first?.cases.find(({ name }) => name === 'is there')?.outcome, 'pass');
  t.is(first?.outcome, 'pass');
  t.regex(JSON.stringify(second), /the module quilt cannot be unloaded: it has [12] references?/);
  t.is(third?.stage, 'boot');
  t.regex(third?.cause?.summary ?? '', /the module quilt does not load: .*quilt: no cloth for 4 patches on 7 turns/);
  t.is(third?.cause?.blame, 'kernel');
});
