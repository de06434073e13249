/*
 * Calls that change the mode or the times of a file, or connect to a socket: Landlock lets them through, and seccomp sees
 * no names. They are made here, on the file that was found and looked at, where it is in a place that may be written.
 */
#include "broker.h"
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <utime.h>

static int change_mode(int file, uint64_t mode)
{
	char name[64];
	struct stat stat;
	if (fstat(file, &stat))
		return -errno;
	if (S_ISLNK(stat.st_mode))
		return -EOPNOTSUPP;
	snprintf(name, sizeof name, "/proc/self/fd/%d", file);
	/* Bits that would let others be us are nobody's to give. */
	return chmod(name, mode & 01777) ? -errno : 0;
}

static int change_times(int file, const struct timespec *times)
{
	return syscall(SYS_utimensat, file, "", times, AT_EMPTY_PATH) ? -errno : 0;
}

/* Closes the file; `change` is made where it may be, by its arguments. */
static int with_file(int file, const struct timespec *times, uint64_t mode, int is_mode)
{
	if (file < 0)
		return file;
	int result = !may_change(file) ? -EPERM : is_mode ? change_mode(file, mode) : change_times(file, times);
	close(file);
	return result;
}

static int set_mode(int file, uint64_t mode)
{
	return with_file(file, NULL, mode, 1);
}

static int set_times(int file, const struct timespec *times)
{
	return with_file(file, times, 0, 0);
}

/* Two times, as the calls before utimensat had them. */
static int set_old_times(const struct call *call, int directory, uint64_t path, uint64_t address)
{
	struct timeval old[2] = { 0 };
	struct timespec times[2];
	if (address && fetch(call, address, old, sizeof old))
		return -EFAULT;
	for (int i = 0; i < 2; i++)
		times[i] = (struct timespec){ old[i].tv_sec, old[i].tv_usec * 1000 };
	return set_times(find_at(call, directory, path, 1), address ? times : NULL);
}

static int utimensat_call(const struct call *call)
{
	const uint64_t *given = call->arguments;
	int flags = (int)given[3], directory = (int)given[0];
	struct timespec times[2];
	if (given[2] && fetch(call, given[2], times, sizeof times))
		return -EFAULT;
	char first = 0;
	if (given[1] && fetch(call, given[1], &first, 1))
		return -EFAULT;
	int of_descriptor = !given[1] || (!first && flags & AT_EMPTY_PATH);
	int file = of_descriptor ? borrow(call, directory)
				 : find_at(call, directory, given[1], !(flags & AT_SYMLINK_NOFOLLOW));
	return set_times(file, given[2] ? times : NULL);
}

/* Flags of what the thread has open under a number, if it is a socket. */
static int flags_of_socket(const struct call *call, int number)
{
	char name[64], text[256] = "";
	unsigned int flags = 0;
	snprintf(name, sizeof name, "/proc/%d/fd/%d", call->thread, number);
	if (readlink(name, text, sizeof text - 1) < 0)
		return -EBADF;
	if (strncmp(text, "socket:", 7))
		return -ENOTSOCK;
	snprintf(name, sizeof name, "/proc/%d/fdinfo/%d", call->thread, number);
	FILE *file = fopen(name, "re");
	while (file && fgets(text, sizeof text, file))
		if (sscanf(text, "flags: %o", &flags) == 1)
			break;
	if (file)
		fclose(file);
	return (int)flags & (O_NONBLOCK | O_CLOEXEC);
}

/*
 * Puts a socket that is connected in the place of the thread's own. To connect that one we would have to get hold of it, which
 * containers keep from us; and nobody may hold us up by not accepting.
 */
static int connect_found(const struct call *call, int number, int to)
{
	int flags = flags_of_socket(call, number);
	if (flags < 0)
		return flags;
	int own = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sockaddr_un there = { .sun_family = AF_UNIX };
	snprintf(there.sun_path, sizeof there.sun_path, "/proc/self/fd/%d", to);
	struct seccomp_notif_addfd gift = { .id = call->id, .flags = SECCOMP_ADDFD_FLAG_SETFD, .srcfd = (uint32_t)own,
					    .newfd = (uint32_t)number, .newfd_flags = (uint32_t)flags & O_CLOEXEC };
	int result = 0;
	if (own < 0 || connect(own, (struct sockaddr *)&there, sizeof there) ||
	    (!(flags & O_NONBLOCK) && fcntl(own, F_SETFL, 0)) ||
	    ioctl(call->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &gift) < 0)
		result = -errno;
	if (own >= 0)
		close(own);
	return result;
}

static int connect_call(const struct call *call)
{
	struct sockaddr_un asked;
	uint64_t size = call->arguments[2];
	if (size <= sizeof asked.sun_family || size > sizeof asked)
		return -EACCES;
	memset(&asked, 0, sizeof asked);
	if (fetch(call, call->arguments[1], &asked, size))
		return -EFAULT;
	char path[sizeof asked.sun_path + 1] = "";
	memcpy(path, asked.sun_path, sizeof asked.sun_path);
	if (asked.sun_family != AF_UNIX || !path[0])
		return -EACCES;
	int to = find(call, AT_FDCWD, path, 1);
	if (to < 0)
		return to;
	int result = may_change(to) ? connect_found(call, (int)call->arguments[0], to) : -EACCES;
	close(to);
	return result;
}

enum { ANSWERED = 1 };

/* Gives the thread a file without a name. */
static int nameless_call(const struct call *call)
{
	const uint64_t *given = call->arguments;
	char path[PATH_MAX], name[64];
	int error = fetch_text(call, given[1], path, sizeof path);
	if (error)
		return error;
	int asked = find(call, (int)given[0], path, 1);
	if (asked < 0)
		return asked;
	int in_tmp = !strcmp(path, "/tmp") || !strcmp(path, "/var/tmp"), allowed = may_change(asked);
	snprintf(name, sizeof name, "/proc/self/fd/%d", asked);
	int flags = (int)given[2] & (O_TMPFILE | O_ACCMODE | O_EXCL | O_APPEND);
	int file = allowed		? open(name, flags | O_CLOEXEC, given[3] & 0777)
		   : in_tmp && temporary ? open(temporary, flags | O_CLOEXEC, given[3] & 0777)
					 : (errno = EACCES, -1);
	error = errno;
	close(asked);
	if (file < 0)
		return -error;
	struct seccomp_notif_addfd gift = { .id = call->id, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = (uint32_t)file,
					    .newfd_flags = (uint32_t)given[2] & O_CLOEXEC };
	int result = ioctl(call->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &gift) < 0 ? -errno : ANSWERED;
	close(file);
	return result;
}

static int decide(const struct call *call, int number)
{
	const uint64_t *given = call->arguments;
	switch (number) {
#ifdef SYS_chmod
	case SYS_chmod:
		return set_mode(find_at(call, AT_FDCWD, given[0], 1), given[1]);
#endif
#ifdef SYS_utime
	case SYS_utime: {
		struct utimbuf old = { 0 };
		if (given[1] && fetch(call, given[1], &old, sizeof old))
			return -EFAULT;
		struct timespec times[2] = { { .tv_sec = old.actime }, { .tv_sec = old.modtime } };
		return set_times(find_at(call, AT_FDCWD, given[0], 1), given[1] ? times : NULL);
	}
#endif
#ifdef SYS_utimes
	case SYS_utimes:
		return set_old_times(call, AT_FDCWD, given[0], given[1]);
#endif
#ifdef SYS_futimesat
	case SYS_futimesat:
		return set_old_times(call, (int)given[0], given[1], given[2]);
#endif
	case SYS_fchmod:
		return set_mode(borrow(call, (int)given[0]), given[1]);
	case SYS_fchmodat:
		return set_mode(find_at(call, (int)given[0], given[1], 1), given[2]);
	case SYS_utimensat:
		return utimensat_call(call);
	case SYS_connect:
		return connect_call(call);
	case SYS_openat:
		return nameless_call(call);
	default:
		return -ENOSYS;
	}
}

void broker_answer(int listener)
{
	/* The kernel's may be larger than that of our headers. */
	union {
		struct seccomp_notif one;
		char room[1024];
	} asked;
	memset(&asked, 0, sizeof asked);
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked))
		return;
	char name[64];
	snprintf(name, sizeof name, "/proc/%u/mem", asked.one.pid);
	struct call call = { listener, asked.one.id, (pid_t)asked.one.pid, (const uint64_t *)asked.one.data.args,
			     open(name, O_RDONLY | O_CLOEXEC) };
	int result = -EPERM;
	/* Else the number may be somebody else's by now. */
	if (call.memory >= 0 && still_waits(&call))
		result = decide(&call, asked.one.data.nr);
	if (call.memory >= 0)
		close(call.memory);
	if (result == ANSWERED)
		return;
	union {
		struct seccomp_notif_resp one;
		char room[1024];
	} answer;
	memset(&answer, 0, sizeof answer);
	answer.one.id = asked.one.id;
	answer.one.error = result;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}
