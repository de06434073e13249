/* The entry point and the system call stubs (sys.h pulls them in), and what the compiler calls by name. */
#define DEFINE_ENTRY
#include "sys.h"

void *memmove(void *to, const void *from, usize size)
{
	u8 *t = to;
	const u8 *f = from;
	if (t < f) {
		while (size--) {
			*t++ = *f++;
			asm volatile("");
		}
	} else {
		while (size--) {
			t[size] = f[size];
			asm volatile("");
		}
	}
	return to;
}

void *memcpy(void *to, const void *from, usize size) { return memmove(to, from, size); }

void *memset(void *to, int value, usize size)
{
	u8 *t = to;
	while (size--) {
		*t++ = value;
		asm volatile(""); /* or the compiler sees a memset here, and calls it */
	}
	return to;
}
