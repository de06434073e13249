/*
 * insmod and rmmod for guests, by the name that it is called with: klibc has neither. It is compiled only for guests that
 * are given modules.
 *
 *   insmod FILE [PARAMETER=VALUE ...]
 *   rmmod NAME
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* klibc has these calls, and no header that says so. */
extern int init_module(void *image, unsigned long size, const char *parameters);
extern int delete_module(const char *name, unsigned int flags);

static int complain(const char *what, const char *name)
{
	fprintf(stderr, "cannot %s %s: %s (error %d)\n", what, name, strerror(errno), errno);
	return 1;
}

/* The whole of a file; NULL with errno where it cannot be read. */
static void *contents(const char *file, unsigned long *size)
{
	struct stat stat;
	char *data;
	int fd = open(file, O_RDONLY);

	if (fd < 0 || fstat(fd, &stat) < 0)
		return NULL;
	data = malloc(stat.st_size ? stat.st_size : 1);
	for (*size = 0; data && *size < (unsigned long)stat.st_size;) {
		ssize_t got = read(fd, data + *size, stat.st_size - *size);
		if (got <= 0)
			return NULL;
		*size += got;
	}
	close(fd);
	return data;
}

static int insert(const char *file, int count, char **parameters)
{
	char line[4096] = "";
	unsigned long size, used = 0;
	void *image = contents(file, &size);

	if (!image)
		return complain("read", file);
	for (int i = 0; i < count; i++) {
		unsigned long length = strlen(parameters[i]);
		if (used + length + 2 > sizeof(line)) {
			errno = E2BIG;
			return complain("load", file);
		}
		if (used)
			line[used++] = ' ';
		memcpy(line + used, parameters[i], length + 1);
		used += length;
	}
	return init_module(image, size, line) < 0 ? complain("load", file) : 0;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');

	name = name ? name + 1 : argv[0];
	if (!strcmp(name, "insmod") && argc >= 2)
		return insert(argv[1], argc - 2, argv + 2);
	if (!strcmp(name, "rmmod") && argc == 2)
		return delete_module(argv[1], O_NONBLOCK) < 0 ? complain("unload", argv[1]) : 0;
	fprintf(stderr, "expected insmod FILE [PARAMETER=VALUE ...] or rmmod NAME\n");
	return 2;
}
