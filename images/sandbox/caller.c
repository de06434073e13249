/* Names and memory of the thread whose call is decided. */
#include "broker.h"
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

static char roots[MOST_PATHS][PATH_MAX];
static int root_count;
const char *temporary;

void broker_open(const struct policy *policy)
{
	temporary = policy->temporary;
	for (int i = 0; i < policy->write.count; i++)
		if (!realpath(policy->write.list[i], roots[root_count++]))
			fail(policy->write.list[i]);
}

int still_waits(const struct call *call)
{
	return ioctl(call->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &call->id) == 0;
}

int fetch(const struct call *call, uint64_t address, void *to, size_t size)
{
	return pread(call->memory, to, size, (off_t)address) == (ssize_t)size ? 0 : -EFAULT;
}

int fetch_text(const struct call *call, uint64_t address, char *to, size_t size)
{
	/* The page behind its end may be missing. */
	for (size_t have = 0; have < size;) {
		size_t most = 256 - (address + have) % 256;
		if (most > size - have)
			most = size - have;
		ssize_t got = pread(call->memory, to + have, most, (off_t)(address + have));
		if (got <= 0)
			return -EFAULT;
		if (memchr(to + have, 0, (size_t)got))
			return 0;
		have += (size_t)got;
	}
	return -ENAMETOOLONG;
}

int borrow(const struct call *call, int number)
{
	char name[64];
	if (number == AT_FDCWD)
		snprintf(name, sizeof name, "/proc/%d/cwd", call->thread);
	else
		snprintf(name, sizeof name, "/proc/%d/fd/%d", call->thread, number);
	int file = open(name, O_PATH | O_CLOEXEC);
	return file < 0 ? (errno == ENOENT ? -EBADF : -errno) : file;
}

/* How C libraries write "the file that I have open", where a call takes names alone. */
static int is_own_descriptor(const char *path, int *number)
{
	int end = 0;
	if (sscanf(path, "/proc/self/fd/%d%n", number, &end) == 1 && !path[end])
		return 1;
	return sscanf(path, "/dev/fd/%d%n", number, &end) == 1 && !path[end];
}

int find(const struct call *call, int directory, const char *path, int follow)
{
	int number;
	if (is_own_descriptor(path, &number))
		return borrow(call, number);
	int base = path[0] == '/' ? AT_FDCWD : borrow(call, directory);
	if (base < 0 && base != AT_FDCWD)
		return base;
	struct open_how how = { .flags = O_PATH | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW),
				.resolve = RESOLVE_NO_MAGICLINKS };
	int file = (int)syscall(SYS_openat2, base, path, &how, sizeof how);
	int error = errno;
	if (base != AT_FDCWD)
		close(base);
	return file < 0 ? -error : file;
}

int find_at(const struct call *call, int directory, uint64_t address, int follow)
{
	char path[PATH_MAX];
	int error = fetch_text(call, address, path, sizeof path);
	return error ? error : find(call, directory, path, follow);
}

int may_change(int file)
{
	char name[64], path[PATH_MAX];
	snprintf(name, sizeof name, "/proc/self/fd/%d", file);
	ssize_t length = readlink(name, path, sizeof path - 1);
	if (length <= 0)
		return 0;
	path[length] = 0;
	for (int i = 0; i < root_count; i++) {
		size_t whole = strlen(roots[i]);
		if (!strncmp(path, roots[i], whole) && (path[whole] == '/' || !path[whole]))
			return 1;
	}
	return 0;
}
