import {
  type MailMessage,
  PatchedTree,
  type RecoveredPatch,
  readSource,
  recover,
} from '../../../harness/import/index.ts';

/** A file with what patches are about: tabs of several depths, blank lines, `&current`, comparisons, labels. */
export const demo = `#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>

/* How many tasks were seen. */
static int seen;

static int demo_count(struct task_struct *task)
{
	int ret = 0;

	if (task == current || !task->mm)
		return -EINVAL;

	spin_lock(&current->alloc_lock);
	if (seen < 10) {
		seen++;
		ret = seen;
	}
	spin_unlock(&current->alloc_lock);

	return ret;
}

static void demo_reset(void)
{
	seen = 0;
}

static int __init demo_init(void)
{
	demo_reset();
	return demo_count(&init_task);
}
module_init(demo_init);
`;

const header = `#ifndef _LINUX_DEMO_H
#define _LINUX_DEMO_H

extern int demo_value;

#endif
`;

/** Changes both files; three hunks. */
export const demoDiff = `diff --git a/include/linux/demo.h b/include/linux/demo.h
--- a/include/linux/demo.h
+++ b/include/linux/demo.h
@@ -2,5 +2,6 @@
 #define _LINUX_DEMO_H
 
 extern int demo_value;
+extern int demo_limit;
 
 #endif
diff --git a/kernel/demo.c b/kernel/demo.c
--- a/kernel/demo.c
+++ b/kernel/demo.c
@@ -1,6 +1,7 @@
 #include <linux/kernel.h>
 #include <linux/module.h>
 #include <linux/sched.h>
+#include <linux/demo.h>
 
 /* How many tasks were seen. */
 static int seen;
@@ -13,10 +14,12 @@ static int demo_count(struct task_struct *task)
 		return -EINVAL;
 
 	spin_lock(&current->alloc_lock);
-	if (seen < 10) {
+	if (seen < demo_limit) {
 		seen++;
 		ret = seen;
 	}
+	/* Wake those who wait. */
+	wake_up_process(current);
 	spin_unlock(&current->alloc_lock);
 
 	return ret;
`;

export const message = `Subject: [PATCH] demo: a limit that can be changed
From: Ada Example <ada@example.org>
Date: Mon, 2 Jul 2007 10:00:00 +0200

The limit was a number in the code.

Signed-off-by: Ada Example <ada@example.org>
---
 include/linux/demo.h |    1 +
 kernel/demo.c        |    5 ++++-
 2 files changed, 5 insertions(+), 1 deletion(-)

`;

export function demoTree(files: Readonly<Record<string, string>> = {}): PatchedTree {
  const all: Record<string, string> = { 'kernel/demo.c': demo, 'include/linux/demo.h': header, ...files };
  return new PatchedTree({ lines: (path) => Promise.resolve(all[path]?.split('\n')) });
}

/** The bytes that a file with this text has, as the readers take them. */
export function bytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Reads a source with one patch in it and recovers that. */
export async function recoverText(
  text: string,
  tree?: PatchedTree,
): Promise<{ readonly message: MailMessage; readonly patch: RecoveredPatch }> {
  const found = readSource('page.txt', bytes(text)).filter(({ diff }) => diff.length > 0);
  const [message] = found;
  if (message === undefined || found.length > 1) throw new Error(`${found.length} patches`);
  return { message, patch: await recover(message, tree) };
}

/** The lines of a diff that matter: without git's header lines, which a source may have lost. */
export function essence(diff: string): string {
  return diff
    .split('\n')
    .filter((line) => !/^(diff |index |Index: |=+$)/.test(line))
    .map((line) => line.replace(/^(---|\+\+\+) [^/]+\//, '$1 x/'))
    .join('\n');
}
