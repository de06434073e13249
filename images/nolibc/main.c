/* The entry of a program that has a main, as those of users have; the agent has an entry of its own. */
#include "sys.h"

int main(int argc, char **argv);
void entry(long *stack);

/* `stack` is what the kernel starts a program with: the number of arguments, then the arguments. */
void entry(long *stack)
{
	int status = main((int)stack[0], (char **)(stack + 1));
	for (;;)
		sys1(exit_group, status);
}
