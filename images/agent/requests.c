#include "sys.h"
#include "commands.h"
#include "faults.h"
#include "link.h"
#include "requests.h"
#include "slot.h"

enum { MORE = 128, HEADER = 4, CHUNK = FRAME_DATA - 5 };

static int top; /* the last slot that was ever used */

/* Whose "no" it is: a suite may expect one of the kernel, never one of the agent. */
enum origin { OURS, KERNELS };

/* Refusals wait for room in the window like everything else. */
static struct {
	u32 id;
	int error;
	enum origin origin;
} refusals[64];
static u32 refused;

static void refuse(u32 id, int error, enum origin origin)
{
	if (refused == sizeof(refusals) / sizeof(refusals[0]))
		return;
	refusals[refused].id = id;
	refusals[refused].origin = origin;
	refusals[refused++].error = error;
}

static u32 handle_of(int slot) { return slots[slot].generation << 16 | slot; }

/*
 * Slot 0 makes the calls that a suite asks of the guest itself. Somebody may kill it: then there is another one. It is
 * the only process that the agent waits for, so that a request never finds it half made.
 */
static void first_process(void)
{
	struct slot *s = &slots[0];
	memset(s, 0, sizeof(*s));
	s->parent = -1;
	s->state = STARTING;
	if (slot_fork(0) < 0) {
		s->state = FREE;
		return;
	}
	while (*(volatile u32 *)&s->state == STARTING && !*(volatile u32 *)&s->dead)
		sys3(poll, 0, 0, 1);
	s->state = IDLE;
}

void requests_open(void) { first_process(); }

static int find_slot(u32 handle)
{
	u32 index = handle & 0xffff;
	if (index >= SLOTS || slots[index].state == FREE || slots[index].generation != handle >> 16)
		return -1;
	return index;
}

static int new_slot(void)
{
	for (int i = 1; i < SLOTS; i++)
		if (slots[i].state == FREE) {
			u32 generation = (slots[i].generation + 1) & 0xffff;
			memset(&slots[i], 0, sizeof(slots[i]));
			slots[i].generation = generation;
			slots[i].state = STARTING;
			if (i > top)
				top = i;
			return i;
		}
	return -1;
}

static int forks(u8 op) { return op == 'f' || op == 'r' || op == 'T'; }

static void ask(int slot, u8 op, u32 id)
{
	struct slot *s = &slots[slot];
	if (forks(op)) {
		int child = op == 'f' || commands_free() ? new_slot() : -1;
		if (child < 0) {
			s->request_size = 0;
			return refuse(id, EAGAIN, OURS);
		}
		slots[child].parent = slot;
		slots[child].tty = op == 'T';
		slots[child].id = id;
		s->child = child;
		memcpy(slot_request(child), slot_request(slot), s->request_size);
	}
	s->op = op == 'T' ? 'r' : op;
	s->id = id;
	s->request_size = s->reply_sent = 0;
	faults_take(slot);
	__sync_synchronize();
	s->state = ASKED;
	slot_wake(slot);
}

void link_received(u32 id, u8 op, const u8 *data, u32 size)
{
	int more = op & MORE, slot = size < HEADER ? -1 : find_slot(get32(data));
	if (slot < 0)
		return refuse(id, ESRCH, OURS);
	struct slot *s = &slots[slot];
	data += HEADER;
	size -= HEADER;
	op &= MORE - 1;
	if (op == 'k') { /* signal, whole group */
		faults_take(-1); /* it may be the one that counts */
		if (size >= 8 && s->pid > 1 && !s->dead)
			sys2(kill, get32(data + 4) ? -s->pid : s->pid, get32(data));
	} else if (op == 'i') {
		if (!command_input(slot, id, data, size, more))
			refuse(id, ESRCH, OURS);
	} else if (s->state != IDLE) {
		refuse(id, EBUSY, OURS);
	} else if (s->request_size + size > REQUEST) {
		s->request_size = 0;
		refuse(id, E2BIG, OURS);
	} else {
		memcpy(slot_request(slot) + s->request_size, data, size);
		s->request_size += size;
		if (!more)
			ask(slot, op, id);
	}
}

static void tell(u32 id, u8 op, u32 first, u32 second, u32 third)
{
	u8 data[12];
	put32(data, first);
	put32(data + 4, second);
	put32(data + 8, third);
	link_send(id, op, data, sizeof(data));
}

static void tell_born(int slot)
{
	struct slot *s = &slots[slot];
	tell(s->id, 'F', handle_of(slot), s->pid ? s->pid : s->parent_pid, 0);
}

static void send_reply(struct slot *s, const u8 *reply)
{
	while (link_room()) {
		u32 size = s->reply_size - s->reply_sent;
		int more = size > CHUNK;
		if (more)
			size = CHUNK;
		link_send(s->id, more ? 'R' | MORE : 'R', reply + s->reply_sent, size);
		s->reply_sent += size;
		if (!more) {
			s->state = IDLE;
			return;
		}
	}
}

static void bury(int slot)
{
	struct slot *s = &slots[slot], *child = &slots[s->child];
	if ((s->state == PIPES && !s->reply_sent) || s->state == STARTING)
		tell_born(slot);
	/* Asked to fork, and killed before it did. */
	if (s->state == ASKED && forks(s->op) && child->parent == slot && child->state == STARTING && !child->pid &&
	    !child->parent_pid)
		child->state = FREE;
	faults_bury(slot);
	if (slot)
		command_forget(slot);
	tell(0, 'X', handle_of(slot), s->status, s->error);
	s->state = FREE;
	if (slot == 0)
		first_process();
}

/* Whether the parent of a new process is still inside the fork: asked for something else now, it would be busy. */
static int parent_forks(int slot)
{
	int parent = slots[slot].parent;
	if (parent < 0)
		return 0;
	struct slot *p = &slots[parent];
	return (p->state == ASKED || p->state == DONE) && forks(p->op) && p->child == slot && !p->dead;
}

static int serve_slot(int slot)
{
	struct slot *s = &slots[slot];
	long error;
	if ((s->state == BORN || s->state == PIPES) && parent_forks(slot))
		return 0;
	switch (s->state) {
	case DONE:
		if (!forks(s->op)) {
			send_reply(s, slot_reply(slot));
			break;
		}
		s->state = IDLE; /* its child reports, which waited for this */
		return link_room() ? serve_slot(s->child) : 0;
	case REFUSED:
		if (forks(s->op))
			slots[s->child].state = FREE;
		refuse(s->id, -s->result, KERNELS);
		s->state = IDLE;
		break;
	case BORN:
		tell_born(slot);
		s->state = IDLE;
		break;
	case PIPES:
		if (s->dead)
			break;
		if (s->tty && s->reply_sent) {
			if (!link_settled())
				break;
		} else {
			error = s->tty ? 0 : command_start(slot);
			if (error) {
				s->error = -error;
				sys2(kill, s->pid, SIGKILL);
				break;
			}
			tell_born(slot);
			s->reply_sent = 1;
			if (s->tty)
				break;
		}
		s->state = GO;
		slot_wake(slot);
		return s->tty;
	}
	if (s->dead && s->state != DONE && (s->state != GO || command_dry(slot)) && link_room())
		bury(slot);
	return 0;
}

int requests_serve(void)
{
	int line = -1;
	while (refused && link_room()) {
		u8 data[8];
		put32(data, refusals[--refused].error);
		put32(data + 4, refusals[refused].origin);
		link_send(refusals[refused].id, 'Q', data, sizeof(data));
	}
	for (int i = 0; i <= top && link_room(); i++)
		if (slots[i].state != FREE && serve_slot(i))
			line = i;
	return line;
}
