/*
 * Tools that scripts of suites want and klibc lacks. The initramfs links their names in /bin to this program.
 */
#include "sys.h"
#include "text.h"
#include "tool.h"

static int is_called(const char *path, const char *name)
{
	u32 size = text_length(path), wanted = text_length(name);
	if (size < wanted || (size > wanted && path[size - wanted - 1] != '/'))
		return 0;
	return text_equal(path + size - wanted, name);
}

static void remove_directories(long argc, char **argv)
{
	int status = 0;
	for (long i = 1; i < argc; i++) {
		if (sys1(rmdir, argv[i]) == 0)
			continue;
		text_say(2, "rmdir: cannot remove ");
		text_say(2, argv[i]);
		text_say(2, "\n");
		status = 1;
	}
	sys1(exit_group, status);
}

void tool_main(long argc, char **argv)
{
	if (argc < 1)
		return;
	if (is_called(argv[0], "rmdir"))
		remove_directories(argc, argv);
}
