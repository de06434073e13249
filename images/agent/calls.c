/*
 * Runs a list of system calls that the host put together, so that the agent needs to know none of them.
 *
 * Request: number of calls; for each its number (16 bits), flags, count of arguments, and for each argument a kind and
 * a 64-bit value. Reply: for each call that was made its index, result (64 bits), size of its output (32 bits), output.
 */
#include "sys.h"
#include "slot.h"

enum argument { NUMBER, DATA /* offset in the request */, OUTPUT /* size */, RESULT /* of the call with this index */ };
enum flags {
	ALWAYS = 1,    /* also after a failure: closing what was opened */
	SIZED = 2,     /* the result is the size of the output */
	REPEAT = 4,    /* until it returns nothing or the reply is full */
	IF_WHOLE = 8,  /* only when the repeated call before it came to its end */
};
enum { ENTRY = 13, CALLS = 16 };

static i64 get64(const u8 *p) { return (i64)((unsigned long long)get32(p) << 32 | get32(p + 4)); }

void make_calls(const u8 *request, u8 *reply, u32 *reply_size)
{
	const u8 *p = request;
	u8 *to = reply, *limit = reply + REPLY;
	long results[CALLS];
	int broken = 0, cut = 0, count = *p++;
	for (int i = 0; i < count && i < CALLS; i++) {
		u32 number = p[0] << 8 | p[1], flags = p[2], arguments = p[3];
		const u8 *values = p + 4;
		p = values + 9 * arguments;
		results[i] = 0;
		if ((broken && !(flags & ALWAYS)) || (cut && !broken && (flags & IF_WHOLE)))
			continue;
		for (;;) {
			long a[6] = {0, 0, 0, 0, 0, 0}, size = 0, room = limit - to - ENTRY * (CALLS + 1);
			if (room < 0)
				room = 0;
			for (u32 k = 0; k < arguments && k < 6; k++) {
				long value = get64(values + 9 * k + 1);
				switch (values[9 * k]) {
				case DATA:
					value = (long)(request + value);
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
				if (!(k && values[9 * (k - 1)] == OUTPUT && (flags & SIZED)))
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
