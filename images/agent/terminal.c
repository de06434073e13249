#include "sys.h"
#include "terminal.h"
#include "termios.h"

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
