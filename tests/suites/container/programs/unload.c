/* The program "unload", a release agent that removes the container that it is told of. */
#include "sys.h"
#include "text.h"

/* Wherever the suites mount hierarchies. */
static const char *const roots[] = {"/dev/container", "/dev/cgroup"};

int main(int argc, char **argv)
{
	char path[4096 + 32];
	if (argc != 2)
		return 2;
	for (u32 i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		text_add(text_add(path, roots[i]), argv[1]);
		if (sys1(rmdir, path) == 0)
			return 0;
	}
	return 1;
}
