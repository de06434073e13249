/* Terminals as most architectures have them; others define OWN_TERMIOS. The kernel's own struct, not a C library's. */
#ifndef OWN_TERMIOS
enum { TCGETS = 0x5401, TCSETS = 0x5402, VTIME = 5, VMIN = 6 };
enum { ICRNL = 0400, OPOST = 1, ONLCR = 4, B115200 = 010002, CS8 = 060, CREAD = 0200, CLOCAL = 04000 };
enum { ISIG = 1, ICANON = 2, ECHO = 010, ECHOE = 020, ECHOK = 040, ECHOCTL = 01000, ECHOKE = 04000, IEXTEN = 0100000 };

struct termios {
	u32 input, output, control, local;
	u8 discipline, characters[19];
};
#endif
