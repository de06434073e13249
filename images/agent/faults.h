/*
 * Lets one allocation of the calls that a suite asks for fail, the nth of them, counted over all its processes: the kernel's
 * fail-nth (Documentation/fault-injection), which counts those of one task. What is left to count goes from process to process.
 */

/* Where the count is kept that all processes see. */
void faults_open(void);
/*
 * Begins to count: the nth allocation from here on fails. The kernel says so, and by which calls it came to that where it is to
 * be traced, which takes its time. The reply has an error number and what it is about: 0 nothing,
 * 1 fail-nth, 2 debugfs, 3 failslab, 4 fail_page_alloc.
 */
void faults_start(u32 nth, int traced, u8 *reply);
/* Ends it. The reply has whether an allocation failed, and a sum of what went wrong: enum trouble. */
void faults_end(u8 *reply);
enum { FAULTS_REPLY = 8 };

/* Around calls of a suite, in the process that makes them. Whatever else a process does must not lie between the two. */
void faults_arm(int slot);
void faults_disarm(int slot);
/* Around what a signal makes an armed process do. */
u32 faults_pause(void);
void faults_resume(u32 left);
/* In a process that was forked: what its parent has opened is not its own. */
void faults_forget(void);

/* In the agent: the process of another slot is about to make calls, so one that still sits in a call gives the count up. */
void faults_take(int slot);
/* In the agent: the process of a slot has ended. */
void faults_bury(int slot);
