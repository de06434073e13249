#include "sys.h"
#include "faults.h"
#include "slot.h"

struct slot *slots;
int me;
int poke_pipe[2];

static u8 *areas;

u8 *slot_request(int slot) { return areas + (usize)slot * (REQUEST + REPLY); }
u8 *slot_reply(int slot) { return slot_request(slot) + REQUEST; }

void poke(void) { sys3(write, poke_pipe[1], "", 1); }

void slot_wake(int slot) { sys3(futex, &slots[slot].state, 1, 1 << 30); }

static void slot_wait(int slot, u32 state)
{
	/* A kernel may be built without futexes; looking again after a while does then. */
	if (sys4(futex, &slots[slot].state, 0, state, 0) == -ENOSYS)
		sys3(poll, 0, 0, 1);
}

/*
 * Runs in whichever process a child of ends. The slot tells the agent at once, also about a process that isn't its own
 * child, and while its parent sits in a blocking call.
 */
static void reap(int signal, void *info, void *context)
{
	int status;
	long pid;
	(void)signal, (void)info, (void)context;
	u32 uncounted = faults_pause();
	while ((pid = sys4(wait4, -1, &status, WNOHANG, 0)) > 0)
		for (int i = 0; i < SLOTS; i++) {
			struct slot *s = &slots[i];
			long known = me == -1 ? s->pid : s->parent_pid;
			if (s->state != FREE && !s->dead && known == pid && (me == -1 || s->parent == me)) {
				s->status = status;
				__sync_synchronize();
				s->dead = 1;
				break;
			}
		}
	poke();
	faults_resume(uncounted);
}

void slots_open(void)
{
	me = -1;
	slots = map_memory(SLOTS * sizeof(*slots), 1);
	areas = map_memory((usize)SLOTS * (REQUEST + REPLY), 1);
	faults_open();
	sys1(pipe, poke_pipe);
	for (int i = 0; i < 2; i++) {
		sys3(fcntl, poke_pipe[i], F_SETFL, O_NONBLOCK);
		sys3(fcntl, poke_pipe[i], F_SETFD, FD_CLOEXEC);
	}
	on_signal(SIGCHLD, reap, 0x10000004 /* SA_RESTART, SA_SIGINFO: the frame of rt_sigreturn */);
	on_signal(SIGPIPE, SIG_IGNORED, 0);
}

static void signals(int how)
{
	static const u32 all[2] = {~0u, ~0u};
	sys4(rt_sigprocmask, how, all, 0, 8);
}

/* Its number in /proc is the one that the agent and the suites use, whatever namespace it lives in. */
static long outer_pid(void)
{
	char text[16];
	long size = sys3(readlink, "/proc/self", text, sizeof(text)), pid = 0;
	if (size <= 0)
		return sys0(getpid);
	for (long i = 0; i < size; i++)
		pid = pid * 10 + text[i] - '0';
	return pid;
}

static void thread_body(void)
{
	for (;;)
		sys0(pause);
}

static long thread(void)
{
	const usize size = 4096;
	u8 *stack = map_memory(size, 0);
	if (failed((long)stack))
		return (long)stack;
	/* VM, FS, FILES, SIGHAND, THREAD, SYSVSEM; it takes no signals, so that the process's handler runs elsewhere. */
	signals(0);
	faults_arm(me);
	long tid = thread_clone(0x00050f00, stack + size, thread_body);
	faults_disarm(me);
	signals(1);
	return tid;
}

static long milliseconds(void)
{
	struct timespec now = {0, 0};
#ifdef NR_clock_gettime64
	/* A modern 32-bit kernel may lack the call with 32-bit seconds, an old one lacks the other. */
	i64 wide[2];
	if (sys2(clock_gettime64, 1, wide) == 0)
		return (long)wide[0] * 1000 + (long)wide[1] / 1000000;
#endif
	sys2(clock_gettime, 1, &now);
	return now.seconds * 1000 + now.nanoseconds / 1000000;
}

static void spin(long duration)
{
	long begin = milliseconds();
	while (milliseconds() - begin < duration)
		;
}

static void finish(u32 state, long result)
{
	slots[me].result = result;
	__sync_synchronize();
	slots[me].state = state;
	poke();
}

static void serve(void)
{
	struct slot *s = &slots[me];
	const u8 *request = slot_request(me);
	long result = 0;
	s->reply_size = 0;
	switch (s->op) {
	case 'c':
		faults_arm(me);
		make_calls(request, slot_reply(me), &s->reply_size);
		faults_disarm(me);
		break;
	case 'n':
		faults_start(get32(request), get32(request + 4), slot_reply(me));
		s->reply_size = FAULTS_REPLY;
		break;
	case 'N':
		faults_end(slot_reply(me));
		s->reply_size = FAULTS_REPLY;
		break;
	case 'f':
	case 'r':
		result = slot_fork(s->child);
		break;
	case 't':
		result = thread();
		put32(slot_reply(me), result);
		s->reply_size = 4;
		break;
	case 's':
		spin(get32(request));
		break;
	case 'S':
		finish(DONE, 0);
		for (;;)
			asm volatile("");
	case 'e':
		sys1(exit_group, get32(request));
	}
	finish(failed(result) ? REFUSED : DONE, result);
}

static void live(void)
{
	for (;;) {
		u32 state = slots[me].state;
		__sync_synchronize();
		if (state == ASKED)
			serve();
		else
			slot_wait(me, state);
	}
}

static void run_command(int slot)
{
	struct slot *s = &slots[slot];
	int ends[3][2]; /* of stdin, stdout, stderr */
	for (int i = 0; i < 3 && !s->tty; i++) {
		long error = sys1(pipe, ends[i]);
		if (error < 0) {
			s->error = -error;
			sys1(exit_group, 127);
		}
		for (int k = 0; k < 2; k++)
			sys3(fcntl, ends[i][k], F_SETFD, FD_CLOEXEC);
		s->pipes[i] = ends[i][i == 0];
	}
	__sync_synchronize();
	s->state = PIPES;
	poke();
	while (s->state == PIPES)
		slot_wait(slot, PIPES);
	for (int i = 0; i < 3 && !s->tty; i++)
		sys2(dup2, ends[i][i != 0], i);
	command_exec(slot);
}

/* Room for as many pointers as a request has strings; it costs what is touched of it. */
enum { STACK = 1 << 20 };

static void command_body(void)
{
	u8 here;
	int slot = *(int *)((usize)&here & ~(usize)(STACK - 1));
	slots[slot].pid = outer_pid();
	signals(1);
	run_command(slot);
}

/*
 * Until it is another program, a command shares the memory of the process that starts it, and has a stack of its own
 * there: to copy the memory takes a part of the time of a short command. Whoever has the slot next starts when the one
 * before it has ended.
 */
static long command_clone(int slot)
{
	static u8 *stacks[SLOTS];
	if (!stacks[slot]) {
		u8 *map = map_memory(2 * STACK, 0);
		if (failed((long)map))
			return (long)map;
		stacks[slot] = (u8 *)(((usize)map + STACK - 1) & ~(usize)(STACK - 1));
	}
	*(int *)stacks[slot] = slot;
	faults_arm(me);
	long pid = thread_clone(CLONE_VM | SIGCHLD, stacks[slot] + STACK, command_body);
	faults_disarm(me);
	return pid;
}

static long fork_counted(void)
{
	faults_arm(me);
	long pid = sys0(fork);
	if (pid)
		faults_disarm(me);
	else
		faults_forget();
	return pid;
}

long slot_fork(int slot)
{
	struct slot *s = &slots[slot];
	int parent = me, command = parent >= 0 && slots[parent].op == 'r';
	signals(0);
	long pid = command ? command_clone(slot) : fork_counted();
	if (pid == 0) {
		me = slot;
		s->pid = outer_pid();
		signals(1);
		finish(BORN, 0);
		live();
	}
	if (pid > 0) {
		s->parent_pid = pid;
		if (me < 0)
			s->pid = pid; /* it may be killed before it can say so itself */
	}
	signals(1);
	return pid;
}
