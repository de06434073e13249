/*
 * What a case cannot see from outside: moments that are too short, and system calls of a process about itself.
 *
 *   load touch MIB [NODE]        touches so much memory, under a policy that binds it to a node; says "ready" and stays
 *   load realtime MS             burns processor time as a real-time task, and ends
 *   load deadline                becomes a deadline task, says "ready" and stays
 *   load failing                 clones into a new namespace, over and over, whether it can or not; children end at once
 *   load affinity N SET          N changes of the processors of SET, whose task asks for others all the time; says how
 *                                often it kept some that the set has not
 *   load clones N ROOT           N children with namespaces of their own, forked by a process that is moved between
 *                                ROOT/s0 and ROOT/s1, sets with one processor each; says how many ran on another one
 *   load dead N ROOT             N containers that are made and removed while a process tries to get in; says how
 *                                often it got into one that was no longer there
 */
#include "sys.h"
#include "load.h"
#include "text.h"

enum { SCHED_FIFO = 1, SCHED_DEADLINE = 6, MPOL_BIND = 2, CLONE_NEWUTS = 0x04000000, EINVAL = 22 };
enum { MIB = 1 << 20, PAGE = 4096 };

static long must(long result, const char *what)
{
	if (failed(result)) {
		text_say(2, "load: ");
		text_say(2, what);
		text_tell(" failed:", -result);
		leave(1);
	}
	return result;
}

static void stay(void)
{
	text_say(1, "ready\n");
	for (;;)
		sys0(pause);
}

static void touch(long mib, long node)
{
	if (node >= 0) {
		usize mask = (usize)1 << node;
		must(sys3(set_mempolicy, MPOL_BIND, &mask, 8 * sizeof(mask)), "set_mempolicy");
	}
	u8 *memory = map_memory((usize)mib * MIB, 0);
	must((long)memory, "memory");
	for (long at = 0; at < mib * MIB; at += PAGE)
		memory[at] = 1;
	stay();
}

static i64 milliseconds(void)
{
	struct timespec time = {0, 0};
#ifdef NR_clock_gettime64
	i64 wide[2];
	if (sys2(clock_gettime64, 1, wide) == 0)
		return wide[0] * 1000 + (long)wide[1] / 1000000;
#endif
	sys2(clock_gettime, 1, &time);
	return (i64)time.seconds * 1000 + time.nanoseconds / 1000000;
}

static void realtime(long ms)
{
	int priority = 1;
	must(sys3(sched_setscheduler, 0, SCHED_FIFO, &priority), "sched_setscheduler");
	i64 end = milliseconds() + ms;
	while (milliseconds() < end)
		;
}

static void deadline(void)
{
	struct {
		u32 size, policy;
		i64 flags;
		u32 nice, priority;
		i64 runtime, deadline, period;
	} attr = {sizeof(attr), SCHED_DEADLINE, 0, 0, 0, 10000000, 100000000, 100000000};
	must(sys3(sched_setattr, 0, &attr, 0), "sched_setattr");
	stay();
}

static void failing(void)
{
	int status;
	for (;;) {
		if (sys_clone(CLONE_NEWUTS | SIGCHLD) == 0)
			leave(0);
		while (sys4(wait4, -1, &status, WNOHANG, 0) > 0)
			;
	}
}

static usize affinity_of(long pid)
{
	/* As many as any kernel here knows. */
	usize mask[64] = {0};
	must(sys3(sched_getaffinity, pid, sizeof(mask), mask), "sched_getaffinity");
	return mask[0];
}

static void affinity(long count, const char *set)
{
	static const usize wanted[2] = {3, 2};
	char cpus[256];
	long escaped = 0;
	int status;
	text_add(text_add(cpus, set), "/cpuset.cpus");
	long task = must(sys0(fork), "fork");
	if (task == 0)
		must(join(set), set);
	for (long i = 0; task == 0; i++)
		sys3(sched_setaffinity, 0, sizeof(usize), &wanted[i & 1]);
	for (long i = 0; i < count; i++) {
		must(put_text(cpus, "0-1"), cpus);
		must(put_text(cpus, "0"), cpus);
		/* It may have others for the moment that it takes it to look again. */
		for (int tries = 0; affinity_of(task) & 2; tries++) {
			if (tries == 50) {
				escaped++;
				break;
			}
			sys3(poll, 0, 0, 1);
		}
	}
	must(sys2(kill, task, SIGKILL), "kill");
	must(sys4(wait4, task, &status, 0, 0), "wait");
	text_tell("escaped", escaped);
}

static const char *find(const char *text, const char *what)
{
	for (; *text; text++) {
		u32 i = 0;
		while (what[i] && text[i] == what[i])
			i++;
		if (!what[i])
			return text;
	}
	return 0;
}

/* Whether the caller may use another processor than its container has. */
static int is_outside(void)
{
	static char where[8192];
	usize mask = affinity_of(0);
	long fd = must(sys2(open, "/proc/self/container", O_RDONLY), "/proc/self/container");
	long length = must(sys3(read, fd, where, sizeof(where) - 1), "read");
	sys1(close, fd);
	where[length] = 0;
	if (find(where, ":/s0/"))
		return mask != 1;
	return find(where, ":/s1/") ? mask != 2 : 1;
}

static void clones(long count, const char *root)
{
	char tasks[2][256], home[256], parent[24];
	long outside = 0;
	int status;
	for (int i = 0; i < 2; i++)
		text_add(text_add(text_add(tasks[i], root), i ? "/s1" : "/s0"), "/tasks");
	text_add(text_add(home, root), "/s0");
	text_number(parent, sys0(getpid));
	long chaser = must(sys0(fork), "fork");
	for (long i = 0; chaser == 0; i++)
		put_text(tasks[i & 1], parent);
	must(join(home), home);
	for (long i = 0; i < count; i++) {
		long pid = must(sys_clone(CLONE_NEWUTS | SIGCHLD), "clone");
		if (pid == 0)
			leave(is_outside());
		must(sys4(wait4, pid, &status, 0, 0), "wait");
		outside += status != 0;
	}
	must(sys2(kill, chaser, SIGKILL), "kill");
	must(sys4(wait4, chaser, &status, 0, 0), "wait");
	text_tell("outside", outside);
}

static void dead(long count, const char *root)
{
	char path[256], tasks[256];
	int status;
	text_add(text_add(path, root), "/dead");
	text_add(text_add(tasks, path), "/tasks");
	long maker = must(sys0(fork), "fork");
	if (maker == 0) {
		for (long i = 0; i < count; i++) {
			must(sys2(mkdir, path, 0755), path);
			while (sys1(rmdir, path) == -EBUSY)
				;
		}
		leave(0);
	}
	long inside = 0, gone = 0;
	while (sys4(wait4, maker, &status, WNOHANG, 0) == 0) {
		if (failed(join(path)))
			continue;
		/* Whoever is inside keeps it. */
		long fd = sys2(open, tasks, O_RDONLY);
		gone += failed(fd);
		inside += !failed(fd);
		if (!failed(fd))
			sys1(close, fd);
		must(join(root), root);
	}
	text_tell("inside", inside);
	text_tell("gone", gone);
}

int load_probe(long argc, char **argv)
{
	const char *what = argv[0];
	long count = argc > 1 ? text_value(argv[1]) : 0;
	if (text_equal(what, "deadline") && argc == 1)
		deadline();
	else if (text_equal(what, "failing") && argc == 1)
		failing();
	else if (count < 1 || count > 100000)
		return 0;
	else if (text_equal(what, "touch") && (argc == 2 || argc == 3))
		touch(count, argc == 3 ? text_value(argv[2]) : -1);
	else if (text_equal(what, "realtime") && argc == 2)
		realtime(count);
	else if (text_equal(what, "affinity") && argc == 3)
		affinity(count, argv[2]);
	else if (text_equal(what, "clones") && argc == 3)
		clones(count, argv[2]);
	else if (text_equal(what, "dead") && argc == 3)
		dead(count, argv[2]);
	else
		return 0;
	return 1;
}
