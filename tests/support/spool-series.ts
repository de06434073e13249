/** A driver of four patches as `git format-patch` writes them: a module, what it counts, KUnit tests of it, and a selftest. */
import { newFileDiff } from './new-file.ts';

const patch = (number: number, subject: string, ...diffs: readonly string[]): string =>
  [
    `From ${String(number).repeat(40)} Mon Sep 17 00:00:00 2001`,
    'From: Ada Loom <ada@example.org>',
    `Date: Mon, 30 Nov 2026 21:1${number}:00 +0000`,
    `Subject: [PATCH ${number}/4] ${subject}`,
    '',
    'For thread.',
    '',
    'Signed-off-by: Ada Loom <ada@example.org>',
    '---',
    '',
    `${diffs.join('')}-- `,
    '2.39.5',
    '',
    '',
  ].join('\n');

const makefile = (...lines: readonly string[]): string => `diff --git a/drivers/misc/Makefile b/drivers/misc/Makefile
--- a/drivers/misc/Makefile
+++ b/drivers/misc/Makefile
@@ -62,3 +62,${3 + lines.length} @@ obj-$(CONFIG_HI6421V600_IRQ)	+= hi6421v600-irq.o
 obj-$(CONFIG_OPEN_DICE)\t\t+= open-dice.o
 obj-$(CONFIG_GP_PCI1XXXX)\t+= mchp_pci1xxxx/
 obj-$(CONFIG_VCPU_STALL_DETECTOR)\t+= vcpu_stall_detector.o
${lines.map((line) => `+${line}\n`).join('')}`;

const kconfig = `diff --git a/drivers/misc/Kconfig b/drivers/misc/Kconfig
--- a/drivers/misc/Kconfig
+++ b/drivers/misc/Kconfig
@@ -515,4 +515,15 @@ source "drivers/misc/habanalabs/Kconfig"
 source "drivers/misc/uacce/Kconfig"
 source "drivers/misc/pvpanic/Kconfig"
 source "drivers/misc/mchp_pci1xxxx/Kconfig"
+
+config SPOOL
+	tristate "Spools of thread"
+	help
+	  Counts the thread on a spool, in /sys/kernel/spool.
+
+config SPOOL_KUNIT_TEST
+	bool "Tests of spools" if !KUNIT_ALL_TESTS
+	depends on KUNIT=y
+	default KUNIT_ALL_TESTS
+
 endmenu
`;

const header = [
  '/* SPDX-License-Identifier: GPL-2.0-only */',
  '#ifndef SPOOL_H',
  '#define SPOOL_H',
  '',
  '#include <linux/errno.h>',
  '',
  '#define SPOOL_HOLDS 1000U',
  '',
  'static inline int spool_wind(unsigned int *length, unsigned int more)',
  '{',
  '\tif (more > SPOOL_HOLDS - *length)',
  '\t\treturn -ENOSPC;',
  '\t*length += more;',
  '\treturn 0;',
  '}',
  '',
  '#endif',
];

export const spoolDriver: readonly string[] = [
  '// SPDX-License-Identifier: GPL-2.0-only',
  '#include <linux/kobject.h>',
  '#include <linux/module.h>',
  '#include <linux/sysfs.h>',
  '',
  'static unsigned int length;',
  '',
  'static ssize_t length_show(struct kobject *kobject, struct kobj_attribute *attribute, char *buffer)',
  '{',
  '\treturn sysfs_emit(buffer, "%u\\n", length);',
  '}',
  '',
  'static struct kobj_attribute length_attribute = __ATTR_RO(length);',
  'static struct kobject *spool;',
  '',
  'static int __init spool_init(void)',
  '{',
  '\tint error;',
  '',
  '\tspool = kobject_create_and_add("spool", kernel_kobj);',
  '\tif (!spool)',
  '\t\treturn -ENOMEM;',
  '\terror = sysfs_create_file(spool, &length_attribute.attr);',
  '\tif (error)',
  '\t\tkobject_put(spool);',
  '\treturn error;',
  '}',
  'module_init(spool_init);',
  '',
  'static void __exit spool_exit(void)',
  '{',
  '\tkobject_put(spool);',
  '}',
  'module_exit(spool_exit);',
  'MODULE_LICENSE("GPL");',
];

const wind = `diff --git a/drivers/misc/spool.c b/drivers/misc/spool.c
--- a/drivers/misc/spool.c
+++ b/drivers/misc/spool.c
@@ -2,6 +2,7 @@
 #include <linux/kobject.h>
 #include <linux/module.h>
 #include <linux/sysfs.h>
+#include "spool.h"
 
 static unsigned int length;
 
@@ -10,7 +11,20 @@ static ssize_t length_show(struct kobject *kobject, struct kobj_attribute *attri
 	return sysfs_emit(buffer, "%u\\n", length);
 }
 
-static struct kobj_attribute length_attribute = __ATTR_RO(length);
+static ssize_t length_store(struct kobject *kobject, struct kobj_attribute *attribute, const char *buffer,
+			    size_t size)
+{
+	unsigned int more;
+	int error = kstrtouint(buffer, 10, &more);
+
+	if (!error)
+		error = spool_wind(&length, more);
+	if (error)
+		return error;
+	return size;
+}
+
+static struct kobj_attribute length_attribute = __ATTR_RW(length);
 static struct kobject *spool;
 
 static int __init spool_init(void)
`;

const kunit = [
  '// SPDX-License-Identifier: GPL-2.0-only',
  '#include <kunit/test.h>',
  '#include "spool.h"',
  '',
  'static void spool_takes_thread(struct kunit *test)',
  '{',
  '\tunsigned int length = 0;',
  '',
  '\tKUNIT_EXPECT_EQ(test, spool_wind(&length, 5), 0);',
  '\tKUNIT_EXPECT_EQ(test, length, 5);',
  '}',
  '',
  'static void spool_is_full(struct kunit *test)',
  '{',
  '\tunsigned int length = SPOOL_HOLDS - 1;',
  '',
  '\tKUNIT_EXPECT_EQ(test, spool_wind(&length, 2), -ENOSPC);',
  '\tKUNIT_EXPECT_EQ(test, length, SPOOL_HOLDS - 1);',
  '}',
  '',
  'static struct kunit_case cases[] = { KUNIT_CASE(spool_takes_thread), KUNIT_CASE(spool_is_full), {} };',
  'static struct kunit_suite suite = { .name = "spool", .test_cases = cases };',
  'kunit_test_suite(suite);',
];

const selftest = [
  '// SPDX-License-Identifier: GPL-2.0-only',
  '#include <stdio.h>',
  '#include "../kselftest.h"',
  '',
  'int main(void)',
  '{',
  '\tFILE *file = fopen("/sys/kernel/spool/length", "r+");',
  '\tunsigned int length = 1;',
  '',
  '\tksft_print_header();',
  '\tksft_set_plan(2);',
  '\tksft_test_result(file && fscanf(file, "%u", &length) == 1 && length == 0, "a spool begins empty\\n");',
  '\tif (file)',
  '\t\trewind(file);',
  '\tksft_test_result(file && fputs("7", file) >= 0 && fflush(file) == 0, "it takes thread\\n");',
  '\tksft_finished();',
  '}',
];

export const spoolSeries: readonly string[] = [
  patch(
    1,
    'misc: add spools',
    kconfig,
    makefile('obj-$(CONFIG_SPOOL)\t\t+= spool.o', 'obj-$(CONFIG_SPOOL_KUNIT_TEST)\t+= spool_test.o'),
    newFileDiff('drivers/misc/spool.c', spoolDriver),
    newFileDiff('drivers/misc/spool_test.c', ['// SPDX-License-Identifier: GPL-2.0-only']),
  ),
  patch(2, 'spool: take thread', newFileDiff('drivers/misc/spool.h', header), wind),
  patch(
    3,
    'spool: add tests',
    `diff --git a/drivers/misc/spool_test.c b/drivers/misc/spool_test.c
--- a/drivers/misc/spool_test.c
+++ b/drivers/misc/spool_test.c
@@ -1 +1,${kunit.length} @@
 ${kunit[0] ?? ''}
${kunit
  .slice(1)
  .map((line) => `+${line}\n`)
  .join('')}`,
  ),
  patch(
    4,
    'selftests: wind a spool',
    newFileDiff('tools/testing/selftests/spool/Makefile', [
      '# SPDX-License-Identifier: GPL-2.0',
      'TEST_GEN_PROGS := spool',
      'include ../lib.mk',
    ]),
    newFileDiff('tools/testing/selftests/spool/spool.c', selftest),
  ),
];
