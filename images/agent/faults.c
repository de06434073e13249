#include "sys.h"
#include "faults.h"
#include "slot.h"
#include "text.h"

enum { NOBODY = -1, TAKEN = -2 };
enum trouble {
	LOST = 1,    /* a process ended with the count, or closed the file */
	UNARMED = 2, /* a process could not open the file: its calls were not counted */
};

/* Shared by all processes. */
static struct faults {
	u32 left;     /* allocations until one fails; 0: none is to */
	u32 injected; /* one has failed */
	u32 trouble;
	int holder;   /* slot of the process that counts */
} *faults;

/*
 * Its own fail-nth, open from its first call on: to open it while it counts would count. 0 while it is not: a value of its own
 * would take another page of every agent.
 */
static int own;

void faults_open(void)
{
	faults = map_memory(sizeof(*faults), 1);
	faults->holder = NOBODY;
}

static int swap_holder(int from, int to) { return __sync_bool_compare_and_swap(&faults->holder, from, to); }

static int set(int fd, u32 nth)
{
	char text[24];
	long size = text_number(text, nth) - text;
	return sys3(write, fd, text, size) == size;
}

/* What is left to count; 0 when the allocation has failed. */
static int get(int fd, u32 *left)
{
	char text[16];
	long size = sys4(pread64, fd, text, sizeof(text), 0);
	if (size <= 0)
		return 0;
	*left = 0;
	for (long i = 0; i < size && text[i] >= '0' && text[i] <= '9'; i++)
		*left = *left * 10 + text[i] - '0';
	return 1;
}

/* Ends the counting of a task and keeps what is left. */
static void stop(int fd)
{
	u32 left;
	if (fd >= 0 && get(fd, &left)) {
		set(fd, 0);
		faults->left = left;
		faults->injected |= !left;
	} else {
		faults->left = 0;
		faults->trouble |= LOST;
	}
	__sync_synchronize();
	faults->holder = NOBODY;
}

static void nap(void) { sys3(poll, 0, 0, 1); }

/* A high number: suites look at which ones they get. */
static int open_own(void)
{
	enum { F_DUPFD = 0, HIGH = 1000 };
	int low = sys2(open, "/proc/self/fail-nth", O_RDWR);
	if (low < 0)
		return low;
	int high = sys3(fcntl, low, F_DUPFD, HIGH);
	if (high >= 0)
		sys1(close, low);
	else
		high = low;
	sys3(fcntl, high, F_SETFD, FD_CLOEXEC);
	return high;
}

/*
 * A page that a process touches for the first time is an allocation too, and one that fails while the kernel copies to it
 * makes a call answer EFAULT. So all that a call works on is there before it.
 */
static void touch(int slot)
{
	enum { PAGE = 4096, STACK = 4 };
	u8 deep[STACK * PAGE];
	volatile u8 *stack = deep;
	volatile u8 *request = slot_request(slot), *reply = slot_reply(slot);
	for (u32 at = 0; at < STACK; at++)
		stack[at * PAGE] = 1;
	for (u32 at = 0; at < REQUEST; at += PAGE)
		request[at] = request[at];
	for (u32 at = 0; at < REPLY; at += PAGE)
		reply[at] = 0;
	slots[slot].reply_size = slots[slot].reply_size;
}

void faults_arm(int slot)
{
	if (slot < 0 || !faults->left)
		return;
	if (own <= 0)
		own = open_own();
	if (own <= 0) {
		faults->trouble |= UNARMED;
		return;
	}
	touch(slot);
	while (*(volatile int *)&faults->holder == TAKEN)
		nap();
	/* Somebody else counts where a suite asks several processes at once. */
	if (!swap_holder(NOBODY, slot))
		return;
	if (!set(own, faults->left))
		stop(-1);
}

void faults_disarm(int slot)
{
	if (slot < 0)
		return;
	if (swap_holder(slot, TAKEN))
		stop(own);
	else
		while (*(volatile int *)&faults->holder == TAKEN)
			nap();
}

u32 faults_pause(void)
{
	u32 left = 0;
	if (me >= 0 && faults->holder == me && get(own, &left))
		set(own, 0);
	return left;
}

void faults_resume(u32 left)
{
	if (left)
		set(own, left);
}

void faults_forget(void)
{
	if (own > 0)
		sys1(close, own);
	own = 0;
}

void faults_take(int slot)
{
	int holder = faults->holder;
	if (holder < 0 || holder == slot || !swap_holder(holder, TAKEN))
		return;
	char path[48];
	text_add(text_number(text_add(path, "/proc/"), slots[holder].pid), "/fail-nth");
	int fd = sys2(open, path, O_RDWR);
	stop(fd);
	if (fd >= 0)
		sys1(close, fd);
}

void faults_bury(int slot)
{
	if (swap_holder(slot, TAKEN))
		stop(-1);
}

#define DEBUGFS "/sys/kernel/debug"

enum subject { NOTHING, NTH, FILESYSTEM, SLAB, PAGES };

/* Usual allocations fail, those of single pages among them: by default only such fail as may not wait. */
static const struct setting {
	const char *path;
	const char *value; /* 0: how much the kernel is to say */
	enum subject subject;
} settings[] = {
	{DEBUGFS "/failslab/ignore-gfp-wait", "N", SLAB},
	{DEBUGFS "/fail_page_alloc/ignore-gfp-wait", "N", PAGES},
	{DEBUGFS "/fail_page_alloc/ignore-gfp-highmem", "N", PAGES},
	{DEBUGFS "/fail_page_alloc/min-order", "0", PAGES},
	{DEBUGFS "/failslab/verbose", 0, SLAB},
	{DEBUGFS "/fail_page_alloc/verbose", 0, PAGES},
};

static long write_setting(const struct setting *one, const char *verbose)
{
	long fd = sys2(open, one->path, O_WRONLY);
	if (fd < 0)
		return fd;
	long written = sys3(write, fd, one->value ? one->value : verbose, 1);
	sys1(close, fd);
	return written < 0 ? written : 0;
}

/* The file system is mounted for that long only: suites look at what is mounted. */
static long write_settings(const char *verbose, enum subject *subject)
{
	long error = sys5(mount, "debugfs", DEBUGFS, "debugfs", 0, 0);
	int mounted = !error;
	*subject = FILESYSTEM;
	if (error == -EBUSY)
		error = 0;
	for (u32 i = 0; !error && i < sizeof(settings) / sizeof(settings[0]); i++) {
		*subject = settings[i].subject;
		error = write_setting(&settings[i], verbose);
	}
	if (mounted)
		sys2(umount, DEBUGFS, 0);
	return error;
}

void faults_start(u32 nth, int traced, u8 *reply)
{
	enum subject subject = NTH;
	long error;
	if (own <= 0)
		own = open_own();
	error = own > 0 ? write_settings(traced ? "2" : "1", &subject) : own;
	put32(reply, error < 0 ? -error : 0);
	put32(reply + 4, error < 0 ? subject : NOTHING);
	faults->trouble = faults->injected = 0;
	faults->left = error < 0 ? 0 : nth;
}

void faults_end(u8 *reply)
{
	put32(reply, faults->injected);
	put32(reply + 4, faults->trouble);
	faults->left = 0;
}
