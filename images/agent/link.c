#include "sys.h"
#include "link.h"

enum { START = '>', ESCAPE = '=', OFFSET = 42, SHIFT = 64, OVERHEAD = 15, HEADER = 11, FRAMES = 1024 };

static int line;

/* Sending: frames from `head` on are kept, encoded, until they are acknowledged; `sent` runs from `head` to `end`. */
static u8 out[2 * WINDOW];
static u32 head, sent, end;
static u16 lengths[FRAMES];
static u32 first, next; /* number of the oldest frame kept, and of the next one */
static u8 control[2 * OVERHEAD + 8];
static u32 control_sent, control_size;
static u8 last;
static u8 due; /* a control frame that should go out: 'a' (acknowledgement), 'n' (something is missing), 'h' (hello) */

/* Receiving. */
static u8 in[FRAME_DATA + OVERHEAD];
static int in_size; /* -1: between frames */
static u8 escaped;
static u32 expected;
static u8 complained;

static u32 crc32(const u8 *data, u32 size)
{
	static const u32 table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	u32 crc = ~0u;
	while (size--) {
		crc ^= *data++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

static u8 *encode(u8 *to, const u8 *from, u32 size)
{
	while (size--) {
		u8 byte = *from++ + OFFSET;
		if (byte < 32 || byte == START || byte == ESCAPE) {
			*to++ = ESCAPE;
			byte += SHIFT;
		}
		*to++ = byte;
	}
	return to;
}

static u32 build(u8 *to, u8 kind, u32 number, const u8 *data, u32 size)
{
	static u8 plain[FRAME_DATA + OVERHEAD];
	u8 *start = to;
	plain[0] = kind;
	put32(plain + 1, number);
	put32(plain + 5, expected);
	plain[9] = size >> 8;
	plain[10] = size;
	memcpy(plain + 11, data, size);
	put32(plain + 11 + size, crc32(plain, 11 + size));
	*to++ = START;
	to = encode(to, plain, size + OVERHEAD);
	*to++ = '\n';
	return to - start;
}

void link_open(int fd)
{
	line = fd;
	last = '\n';
	in_size = -1;
}

int link_room(void) { return end - head + FRAME_LINE <= WINDOW && next - first < FRAMES; }
int link_settled(void) { return head == end && !due && control_sent == control_size; }
int link_pending(void) { return due || control_sent < control_size || sent < end; }
int link_in_frame(void) { return in_size >= 0 && !due; }

u32 link_missing(void)
{
	if (in_size < HEADER)
		return 0;
	u32 whole = (in[9] << 8 | in[10]) + OVERHEAD;
	return whole > (u32)in_size ? whole - in_size : 0;
}

void link_ready(void) { due = 'h'; }

void link_send(u32 id, u8 op, const void *data, u32 size)
{
	static u8 payload[FRAME_DATA];
	if (end + FRAME_LINE > sizeof(out)) {
		memmove(out, out + head, end - head);
		sent -= head;
		end -= head;
		head = 0;
	}
	put32(payload, id);
	payload[4] = op;
	memcpy(payload + 5, data, size);
	u32 length = build(out + end, 'd', next, payload, size + 5);
	lengths[next++ % FRAMES] = length;
	end += length;
	if (due == 'a')
		due = 0; /* the frame carries it */
}

static void acknowledged(u32 number)
{
	if (number - first > next - first)
		return; /* an old one, or of another session */
	while (first != number)
		head += lengths[first++ % FRAMES];
	if (sent < head)
		sent = head;
}

static void received(const u8 *frame, u32 size)
{
	u8 kind = frame[0];
	u32 number = get32(frame + 1), ack = get32(frame + 5);
	if (kind == 'h') { /* a new session: the host says where both sides count from */
		expected = number;
		first = next = ack;
		head = sent = end = 0;
		complained = 0;
		due = 'h';
		return;
	}
	acknowledged(ack);
	if (kind == 'n')
		sent = head;
	if (kind == 'q') { /* the host wonders: the answer shows what each side has */
		complained = number != expected;
		due = complained ? 'n' : 'a';
		return;
	}
	if (number != expected) {
		if ((int)(number - expected) < 0)
			due = kind == 'd' ? 'a' : due; /* a repetition: the acknowledgement got lost */
		else if (!complained)
			complained = due = 'n';
		return;
	}
	if (kind != 'd')
		return;
	expected++;
	complained = 0;
	due = 'a';
	link_received(get32(frame + 11), frame[15], frame + 16, size - 5);
}

static void finish(void)
{
	u32 size = in_size - OVERHEAD;
	int good = in_size >= OVERHEAD && size == (u32)(in[9] << 8 | in[10]) &&
		   get32(in + 11 + size) == crc32(in, 11 + size) && (in[0] != 'd' || size >= 5);
	if (good)
		received(in, size);
	else if (!complained)
		complained = due = 'n';
}

/* Whatever came before a frame start is of no use, so a start begins anew in any state. */
static void take(u8 byte)
{
	if (byte == START) {
		in_size = 0;
		escaped = 0;
	} else if (in_size < 0) {
		return;
	} else if (byte < 32) {
		finish();
		in_size = -1;
	} else if (byte == ESCAPE) {
		escaped = SHIFT;
	} else if (in_size == sizeof(in)) {
		in_size = -1;
	} else {
		in[in_size++] = byte - escaped - OFFSET;
		escaped = 0;
	}
}

void link_read(void)
{
	u8 bytes[4096];
	long size = sys3(read, line, bytes, sizeof(bytes));
	for (long i = 0; i < size; i++)
		take(bytes[i]);
}

/* Number of the first frame that is not on its way: the other side must not miss what it could not have yet. */
static u32 first_unsent(void)
{
	u32 number = first;
	for (u32 at = head; number != next && at + lengths[number % FRAMES] <= sent; number++)
		at += lengths[number % FRAMES];
	return number;
}

static long put(const u8 *from, u32 size)
{
	long done = sys3(write, line, from, size);
	if (done <= 0)
		return 0;
	last = from[done - 1];
	return done;
}

void link_write(void)
{
	/* Control frames go ahead of queued data, but never into the middle of a frame. */
	if (due && control_sent == control_size && (sent == head || last == '\n')) {
		static const u8 version[1] = {1};
		control_size = build(control, due, first_unsent(), version, due == 'h');
		control_sent = 0;
		due = 0;
	}
	if (control_sent < control_size)
		control_sent += put(control + control_sent, control_size - control_sent);
	else if (sent < end)
		sent += put(out + sent, end - sent);
}
