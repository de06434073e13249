#include "sys.h"
#include "commands.h"
#include "link.h"
#include "slot.h"

enum { IN, OUT, ERR, CHUNK = FRAME_DATA - 5 };

static struct command {
	int slot; /* -1: unused */
	int fd[3];
	u32 input_id, input_size, input_sent;
	u8 input_whole, input_ends, dry;
} commands[COMMANDS];

void commands_open(void)
{
	for (int i = 0; i < COMMANDS; i++)
		commands[i].slot = -1;
}

static struct command *find(int slot)
{
	for (int i = 0; i < COMMANDS; i++)
		if (commands[i].slot == slot)
			return &commands[i];
	return 0;
}

int commands_free(void) { return find(-1) != 0; }

static char *decimal(char *to, long value)
{
	if (value >= 10)
		to = decimal(to, value / 10);
	*to++ = '0' + value % 10;
	return to;
}

/* A pipe can be opened anew through /proc: that needs no descriptor passing, and so no Unix sockets in the kernel. */
static long open_end(long pid, int fd, int flags)
{
	char path[40] = "/proc/", *to = decimal(path + 6, pid);
	memcpy(to, "/fd/", 4);
	*decimal(to + 4, fd) = 0;
	long opened = sys2(open, path, flags | O_NONBLOCK);
	if (opened >= 0)
		sys3(fcntl, opened, F_SETFD, FD_CLOEXEC);
	return opened;
}

/* Kernels of today give out the descriptor itself: no way through /proc, and no inode, for each. */
static long take_end(long process, int fd)
{
	long taken = sys3(pidfd_getfd, process, fd, 0);
	if (!failed(taken))
		sys3(fcntl, taken, F_SETFL, O_NONBLOCK);
	return taken;
}

static void drop(struct command *c, int which)
{
	if (c->fd[which] >= 0)
		sys1(close, c->fd[which]);
	c->fd[which] = -1;
}

long command_start(int slot)
{
	struct command *c = find(-1);
	const struct slot *s = &slots[slot];
	if (!c)
		return -EAGAIN;
	memset(c, 0, sizeof(*c));
	c->slot = slot;
	for (int i = 0; i < 3; i++)
		c->fd[i] = -1;
	long process = sys2(pidfd_open, s->pid, 0), error = 0;
	for (int i = 0; i < 3 && !error; i++) {
		long fd = failed(process) ? open_end(s->pid, s->pipes[i], i == IN ? O_WRONLY : O_RDONLY)
					  : take_end(process, s->pipes[i]);
		if (failed(fd))
			error = fd;
		else
			c->fd[i] = fd;
	}
	if (!failed(process))
		sys1(close, process);
	if (error)
		command_forget(slot);
	return error;
}

/* A command has no use for the reply area of its slot, so its input waits there. */
int command_input(int slot, u32 id, const u8 *data, u32 size, int more)
{
	struct command *c = find(slot);
	if (!c || c->input_size + size > REPLY)
		return 0;
	memcpy(slot_reply(slot) + c->input_size, data, size);
	c->input_size += size;
	c->input_id = id;
	c->input_whole = !more;
	c->input_ends = !more && c->input_size == 0;
	return 1;
}

static void feed(struct command *c)
{
	long done = 0;
	if (c->fd[IN] >= 0 && c->input_sent < c->input_size) {
		done = sys3(write, c->fd[IN], slot_reply(c->slot) + c->input_sent, c->input_size - c->input_sent);
		if (done == -EAGAIN || done == -EINTR)
			return;
		if (done > 0)
			c->input_sent += done;
		else
			drop(c, IN); /* it closed its input: the rest is of no use to anybody */
	}
	if ((c->fd[IN] < 0 || c->input_sent == c->input_size) && link_room()) {
		link_send(c->input_id, 'I', 0, 0);
		if (c->input_ends)
			drop(c, IN);
		c->input_whole = c->input_sent = c->input_size = 0;
	}
}

void commands_move(void)
{
	static u8 chunk[CHUNK];
	for (struct command *c = commands; c < commands + COMMANDS; c++) {
		if (c->slot < 0)
			continue;
		if (c->input_whole)
			feed(c);
		/* One that ends behind this look may have written more: what it left is read the next time. */
		c->dry = *(volatile u32 *)&slots[c->slot].dead != 0;
		__sync_synchronize();
		for (int which = OUT; which <= ERR; which++)
			while (c->fd[which] >= 0) {
				if (!link_room()) {
					c->dry = 0;
					break;
				}
				long size = sys3(read, c->fd[which], chunk, CHUNK);
				if (size > 0)
					link_send(slots[c->slot].id, which == OUT ? 'O' : 'E', chunk, size);
				else if (size == 0)
					drop(c, which);
				else
					break;
			}
	}
}

int command_dry(int slot)
{
	struct command *c = find(slot);
	return !c || c->dry;
}

void command_forget(int slot)
{
	struct command *c = find(slot);
	if (!c)
		return;
	for (int i = 0; i < 3; i++)
		drop(c, i);
	c->slot = -1;
}

int commands_poll(struct pollfd *list)
{
	int count = 0;
	for (struct command *c = commands; c < commands + COMMANDS; c++) {
		if (c->slot < 0)
			continue;
		for (int which = IN; which <= ERR; which++) {
			int wanted = which == IN ? c->input_whole && c->input_sent < c->input_size : link_room();
			if (c->fd[which] < 0 || !wanted)
				continue;
			list[count].fd = c->fd[which];
			list[count].revents = 0;
			list[count++].events = which == IN ? POLLOUT : POLLIN;
		}
	}
	return count;
}
