/*
 * Tools that scripts of suites want and klibc lacks. The initramfs links their names in /bin to this program.
 */
#include "sys.h"
#include "tool.h"

static u32 length(const char *text)
{
	u32 size = 0;
	while (text[size])
		size++;
	return size;
}

static void complain(const char *text) { sys3(write, 2, text, length(text)); }

static int is_called(const char *path, const char *name)
{
	u32 size = length(path), wanted = length(name);
	if (size < wanted || (size > wanted && path[size - wanted - 1] != '/'))
		return 0;
	for (u32 i = 0; i < wanted; i++)
		if (path[size - wanted + i] != name[i])
			return 0;
	return 1;
}

void tool_main(long argc, char **argv)
{
	int status = 0;
	if (argc < 1 || !is_called(argv[0], "rmdir"))
		return;
	for (long i = 1; i < argc; i++) {
		if (sys1(rmdir, argv[i]) == 0)
			continue;
		complain("rmdir: cannot remove ");
		complain(argv[i]);
		complain("\n");
		status = 1;
	}
	sys1(exit_group, status);
}
