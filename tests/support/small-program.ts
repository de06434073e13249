/** A program that looks like a kernel to addr2line: `outer` calls `inner`, which is put into it. As kernel/small.c. */
export const smallProgram = `volatile int sink;
static inline __attribute__((always_inline)) void inner(void)
{
	sink = 1;
	__asm__ volatile("nop");
}
__attribute__((noinline)) void outer(void)
{
	inner();
	sink = 2;
}
void _start(void)
{
	outer();
	sink = 3;
}
`;

/** Options with which it is compiled into a program of its own, with debug information. */
export const smallProgramFlags = '-g -O2 -ffreestanding -nostdlib -static -no-pie -fno-pie'.split(' ');
