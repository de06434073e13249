/*
 * The first process of the guest. It mounts what programs expect, opens the second serial line, and serves the host. It
 * never makes a call that blocks: other processes do, see slot.h.
 */
#include "sys.h"
#include "commands.h"
#include "link.h"
#include "requests.h"
#include "slot.h"
#include "terminal.h"
#include "tool.h"

#if !defined(AGENT_MAJOR) || !defined(AGENT_MINOR)
#error "AGENT_MAJOR and AGENT_MINOR say which line is the agent's"
#endif

static int line;

static void say(const char *text)
{
	u32 size = 0;
	while (text[size])
		size++;
	sys3(write, 1, text, size);
}

static void open_line(void)
{
	long fd = sys2(open, LINE_PATH, O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		say("quiltboot: the agent cannot open its serial line; is the driver built in?\n");
		sys1(exit_group, 1);
	}
	line = fd;
	sys3(fcntl, line, F_SETFD, FD_CLOEXEC);
	terminal_set(line, 0);
	link_open(line);
	link_ready();
}

static void mount_all(void)
{
	sys1(umask, 0);
	sys2(mkdir, "/dev", 0755);
	sys2(mkdir, "/proc", 0755);
	sys2(mkdir, "/sys", 0755);
	sys2(mkdir, "/tmp", 01777);
	sys2(chmod, "/", 0755); /* a root on tmpfs is open to everybody otherwise */
	sys5(mount, "proc", "/proc", "proc", 0, 0);
	sys5(mount, "sysfs", "/sys", "sysfs", 0, 0);
	sys5(mount, "devtmpfs", "/dev", "devtmpfs", 0, 0); /* not in old kernels: the initramfs has nodes */
	sys5(mount, "tmpfs", "/tmp", "tmpfs", 0, "mode=1777");
	sys3(mknod, LINE_PATH, S_IFCHR | 0600, AGENT_MAJOR << 8 | AGENT_MINOR);
	sys1(umask, 022);
}

/* A shell for a person has the line for itself until it ends; then everything begins anew. */
static void lend_line(int slot)
{
	while (!slots[slot].dead) {
		u8 byte;
		struct pollfd poked = {poke_pipe[0], POLLIN, 0};
		sys3(poll, &poked, 1, -1);
		sys3(read, poke_pipe[0], &byte, 1);
	}
	slots[slot].state = FREE;
	sys1(close, line);
	open_line();
}

/* `stack` is what the kernel starts a program with: the number of arguments, then the arguments. */
void entry(long *stack)
{
	static struct pollfd list[2 + 3 * COMMANDS];
	tool_main(stack[0], (char **)(stack + 1));
	mount_all();
	slots_open();
	commands_open();
	requests_open();
	open_line();
	for (;;) {
		u8 pokes[64];
		while (sys3(read, poke_pipe[0], pokes, sizeof(pokes)) == sizeof(pokes))
			;
		commands_move();
		int borrower = requests_serve();
		if (borrower >= 0)
			lend_line(borrower);
		link_write();
		list[0].fd = line;
		list[0].events = link_pending() ? POLLIN | POLLOUT : POLLIN;
		list[1].fd = poke_pipe[0];
		list[1].events = POLLIN;
		if (sys3(poll, list, 2 + commands_poll(list + 2), -1) > 0 && list[0].revents & POLLIN) {
			/*
			 * A serial port brings a frame in drops of 16 bytes. Looking after everything else at each of them, or
			 * even waking up, would take most of the time.
			 */
			do {
				if (link_missing() > 200)
					sys3(poll, 0, 0, 1);
				link_read();
			} while (link_in_frame() && sys3(poll, list, 1, 10) > 0);
		}
	}
}
