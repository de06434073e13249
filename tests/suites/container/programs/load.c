/*
 * The program "load". Figures are nanoseconds for each operation, or milliseconds where it says so, on the guest's clock.
 *
 *   load forks N                 fork, exit of the child, wait
 *   load moves N A B             the caller moves to container A, to B, and so on
 *   load reads N FILE            open, read to the end, close
 *   load threads N CONTAINER     N threads that sleep in a container; says "ready" and stays
 *   load fill N ROOT             N containers ROOT/f0 …, a sleeping thread in each; says "ready" and stays
 *   load release N ROOT          N containers that notify, used once; until the agent has removed them all
 *   load newborn                 a child that starts with a namespace of its own and sleeps; prints its pid
 *   load chase N HOME FILE TEXT …  N sleeping children, forked by a process in the container HOME while another one
 *                                writes each TEXT into its FILE, over and over; "parent" stands for the pid of the first
 *   load race …                  see race.c
 *   load touch, realtime, deadline, affinity, clones, dead …   see probe.c
 */
#include "sys.h"
#include "load.h"
#include "text.h"

enum { EEXIST = 17 };

static i64 now(void)
{
	struct timespec time = {0, 0};
#ifdef NR_clock_gettime64
	i64 wide[2];
	if (sys2(clock_gettime64, 1, wide) == 0)
		return wide[0] * 1000000000 + wide[1];
#endif
	sys2(clock_gettime, 1, &time);
	return (i64)time.seconds * 1000000000 + time.nanoseconds;
}

/* A 32-bit program has no division of 64 bits: that would need a library. */
static long each(i64 time, long count)
{
	long result = 0;
	i64 step = count;
	while (step <= time >> 1)
		step <<= 1;
	for (; step >= count; step >>= 1) {
		result <<= 1;
		if (time >= step) {
			time -= step;
			result |= 1;
		}
	}
	return result;
}

void leave(int status)
{
	for (;;)
		sys1(exit_group, status);
}

static void give_up(const char *what, long error)
{
	text_say(2, "load: ");
	text_say(2, what);
	text_tell(" failed:", -error);
	leave(1);
}

static long need(long result, const char *what)
{
	if (failed(result))
		give_up(what, result);
	return result;
}

long put_text(const char *path, const char *text)
{
	long fd = sys2(open, path, O_WRONLY), result;
	if (failed(fd))
		return fd;
	result = sys3(write, fd, text, text_length(text));
	sys1(close, fd);
	return result;
}

long join(const char *container)
{
	char path[256];
	text_add(text_add(path, container), "/tasks");
	return put_text(path, "0");
}

static void name_container(char *path, const char *root, const char *prefix, long number)
{
	text_number(text_add(text_add(text_add(path, root), "/"), prefix), number);
}

static void make_container(const char *path)
{
	long error = sys2(mkdir, path, 0755);
	if (error != -EEXIST)
		need(error, path);
}

static void forks(long count)
{
	int status;
	i64 begin = now();
	for (long i = 0; i < count; i++) {
		long pid = need(sys0(fork), "fork");
		if (pid == 0)
			leave(0);
		need(sys4(wait4, pid, &status, 0, 0), "wait");
	}
	text_tell("forks", each(now() - begin, count));
}

static void moves(long count, const char *a, const char *b)
{
	i64 begin = now();
	for (long i = 0; i < count; i++)
		need(join(i & 1 ? b : a), "a move");
	text_tell("moves", each(now() - begin, count));
}

static void reads(long count, const char *path)
{
	static u8 buffer[65536];
	i64 begin = now();
	for (long i = 0; i < count; i++) {
		long fd = need(sys2(open, path, O_RDONLY), path);
		while (need(sys3(read, fd, buffer, sizeof(buffer)), "read"))
			;
		sys1(close, fd);
	}
	text_tell("reads", each(now() - begin, count));
}

static void sleep_on(void)
{
	for (;;)
		sys0(pause);
}

static const char *thread_root;
static volatile long thread_number, thread_done;

static void thread_in_own(void)
{
	char path[256];
	name_container(path, thread_root, "f", thread_number);
	need(join(path), path);
	thread_done = 1;
	sleep_on();
}

/* Threads share their memory: cheaper by far than processes, and `tasks` has a line for each. */
static void threads(long count, void (*body)(void))
{
	enum { STACK = 4096 };
	for (thread_number = 0; thread_number < count; thread_number++) {
		u8 *stack = map_memory(STACK, 0);
		need((long)stack, "memory for a stack");
		thread_done = 0;
		need(thread_clone(0x00050f00, stack + STACK, body), "a thread");
		while (body == thread_in_own && !thread_done)
			sys3(poll, 0, 0, 1);
	}
	text_say(1, "ready\n");
	sleep_on();
}

static void fill(long count, const char *root)
{
	char path[256];
	for (long i = 0; i < count; i++) {
		name_container(path, root, "f", i);
		make_container(path);
	}
	thread_root = root;
	threads(count, thread_in_own);
}

static void release(long count, const char *root)
{
	char path[256];
	for (long i = 0; i < count; i++) {
		name_container(path, root, "r", i);
		make_container(path);
		text_add(path + text_length(path), "/notify_on_release");
		need(put_text(path, "1"), path);
	}
	i64 begin = now();
	for (long i = 0; i < count; i++) {
		name_container(path, root, "r", i);
		need(join(path), path);
	}
	need(join(root), root);
	for (long i = 0; i < count; i++) {
		long fd;
		name_container(path, root, "r", i);
		while (!failed(fd = sys2(open, path, O_RDONLY))) {
			sys1(close, fd);
			sys3(poll, 0, 0, 1);
		}
	}
	text_tell("release", each(now() - begin, count));
}

/* Keeps nothing open that somebody waits for the end of. */
static void say_nothing_more(void)
{
	for (int fd = 0; fd < 3; fd++)
		sys1(close, fd);
}

static void newborn(void)
{
	enum { CLONE_NEWUTS = 0x04000000 };
	char line[24];
	long pid = need(sys_clone(CLONE_NEWUTS | SIGCHLD), "clone");
	if (pid == 0) {
		say_nothing_more();
		sleep_on();
	}
	text_add(text_number(line, pid), "\n");
	text_say(1, line);
}

static void chase(long count, const char *home, char **writes, long words)
{
	char parent[24];
	int status;
	text_number(parent, sys0(getpid));
	long chaser = need(sys0(fork), "fork");
	for (long i = 0; chaser == 0; i = (i + 2) % words)
		put_text(writes[i], text_equal(writes[i + 1], "parent") ? parent : writes[i + 1]);
	/* Not before: the chaser stays outside, where it may use a processor that the others have not. */
	need(join(home), home);
	for (long i = 0; i < count; i++)
		if (need(sys0(fork), "fork") == 0) {
			say_nothing_more();
			sleep_on();
		}
	/* Not in the middle of a write: the kernel ends it before the signal counts. */
	need(sys2(kill, chaser, SIGKILL), "kill");
	need(sys4(wait4, chaser, &status, 0, 0), "wait");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	long count = argc > 2 ? text_value(argv[2]) : 0;
	if (text_equal(what, "race"))
		return load_race(argc - 2, argv + 2);
	if (text_equal(what, "newborn")) {
		newborn();
		return 0;
	}
	if (argc > 1 && load_probe(argc - 1, argv + 1))
		return 0;
	if (count < 1 || count > 100000)
		what = "";
	if (text_equal(what, "forks") && argc == 3)
		forks(count);
	else if (text_equal(what, "moves") && argc == 5)
		moves(count, argv[3], argv[4]);
	else if (text_equal(what, "reads") && argc == 4)
		reads(count, argv[3]);
	else if (text_equal(what, "threads") && argc == 4) {
		need(join(argv[3]), argv[3]);
		threads(count, sleep_on);
	} else if (text_equal(what, "fill") && argc == 4)
		fill(count, argv[3]);
	else if (text_equal(what, "release") && argc == 4)
		release(count, argv[3]);
	else if (text_equal(what, "chase") && argc > 5 && argc % 2 == 0)
		chase(count, argv[3], argv + 4, argc - 4);
	else {
		text_say(2, "load: expected forks N, moves N A B, reads N FILE, threads N CONTAINER, fill N ROOT, "
			    "release N ROOT, newborn, chase N HOME FILE TEXT ..., race SEED OPERATIONS KINDS ROOT or a probe\n");
		return 2;
	}
	return 0;
}
