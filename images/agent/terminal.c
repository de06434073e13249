#include "sys.h"
#include "terminal.h"

enum { TCGETS = 0x5401, TCSETS = 0x5402, VTIME = 5, VMIN = 6 };
enum { ICRNL = 0400, OPOST = 1, ONLCR = 4, B115200 = 010002, CS8 = 060, CREAD = 0200, CLOCAL = 04000 };
enum { ISIG = 1, ICANON = 2, ECHO = 010, ECHOE = 020, ECHOK = 040, ECHOCTL = 01000, ECHOKE = 04000, IEXTEN = 0100000 };

/* The kernel's own struct, not a C library's. */
struct termios {
	u32 input, output, control, local;
	u8 discipline, characters[19];
};

void terminal_set(int line, int cooked)
{
	struct termios t;
	sys3(ioctl, line, TCGETS, &t);
	/* The speed matters even to an emulated port: its receive time-out is a few characters long. */
	t.control = B115200 | CS8 | CREAD | CLOCAL;
	t.input = cooked ? ICRNL : 0;
	/* OPOST in any case: without it the VT220 driver of old s390 kernels holds output back for half a second. */
	t.output = cooked ? OPOST | ONLCR : OPOST;
	t.local = cooked ? ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN : 0;
	if (!cooked) {
		t.characters[VTIME] = 0;
		t.characters[VMIN] = 1;
	}
	sys3(ioctl, line, TCSETS, &t);
}
