/*
 * Runs a list of system calls that the host put together, so that the agent needs to know none of them.
 *
 * Request: number of calls; for each its number (16 bits), flags, count of arguments, and for each argument a byte with
 * its kind (high half) and the size of its value (low half), then the value, signed and big-endian; then data. Reply: for each call that was made its index, result (64 bits), size of its output (32 bits), output.
 */
#include "sys.h"
#include "slot.h"

enum argument { NUMBER, DATA /* offset */, OUTPUT /* size */, RESULT /* of the call with this index */ };
enum flags {
	ALWAYS = 1,    /* also after a failure: closing what was opened */
	SIZED = 2,     /* the result is the size of the output */
	REPEAT = 4,    /* until it returns nothing or the reply is full */
	IF_WHOLE = 8,  /* only when the repeated call before it came to its end */
};
enum { ENTRY = 13, CALLS = 16 };

/* Reads a value of some size and moves on to the next argument. */
static long get_value(const u8 **from, int *kind)
{
	const u8 *p = *from;
	int size = *p & 15;
	long value = size && (p[1] & 128) ? -1 : 0;
	*kind = *p++ >> 4;
	while (size--)
		value = value << 8 | *p++;
	*from = p;
	return value;
}

/* Where the data of the arguments begins: behind the last call. */
static const u8 *data_of(const u8 *p)
{
	for (int calls = *p++; calls--;) {
		int kind, arguments = p[3];
		p += 4;
		while (arguments--)
			get_value(&p, &kind);
	}
	return p;
}

void make_calls(const u8 *request, u8 *reply, u32 *reply_size)
{
	const u8 *p = request, *data = data_of(request);
	u8 *to = reply, *limit = reply + REPLY;
	long results[CALLS];
	int broken = 0, cut = 0, count = *p++;
	for (int i = 0; i < count && i < CALLS; i++) {
		u32 number = p[0] << 8 | p[1], flags = p[2], arguments = p[3];
		int kinds[6];
		long values[6];
		p += 4;
		for (u32 k = 0; k < arguments && k < 6; k++)
			values[k] = get_value(&p, &kinds[k]);
		results[i] = 0;
		if ((broken && !(flags & ALWAYS)) || (cut && !broken && (flags & IF_WHOLE)))
			continue;
		for (;;) {
			long a[6] = {0, 0, 0, 0, 0, 0}, size = 0, room = limit - to - ENTRY * (CALLS + 1);
			if (room < 0)
				room = 0;
			for (u32 k = 0; k < arguments && k < 6; k++) {
				long value = values[k];
				switch (kinds[k]) {
				case DATA:
					value = (long)(data + value);
					break;
				case OUTPUT:
					size = value < room ? value : room;
					value = (long)(to + ENTRY);
					/* A size that follows its buffer, as most calls have it, is the size that is left. */
					if (flags & SIZED)
						a[k + 1] = size;
					break;
				case RESULT:
					value = results[value];
					break;
				}
				if (!(k && kinds[k - 1] == OUTPUT && (flags & SIZED)))
					a[k] = value;
			}
			long result = results[i] = sys(number, a[0], a[1], a[2], a[3], a[4], a[5]);
			if (failed(result))
				size = 0;
			else if (flags & SIZED && result < size)
				size = result;
			*to = i;
			put32(to + 1, result < 0 ? -1 : 0);
			put32(to + 5, result);
#if __SIZEOF_LONG__ == 8
			put32(to + 1, result >> 32);
#endif
			put32(to + 9, size);
			to += ENTRY + size;
			if (failed(result))
				broken = 1;
			if (!(flags & REPEAT) || result <= 0)
				break;
			if (limit - to < 4096 + ENTRY * (CALLS + 1)) {
				cut = 1;
				break;
			}
		}
	}
	*reply_size = to - reply;
}
