/* Landlock, capabilities and the number of processes. */
#include "sandbox.h"
#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Headers may be older than the kernel. The numbers are the same on every architecture. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446, ASK_VERSION = 1, PATH_BENEATH = 1 };

enum {
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	MAKE_CHAR = 1 << 6,
	MAKE_BLOCK = 1 << 11,
	TRUNCATE = 1 << 14,
	IOCTL_DEVICE = 1 << 15,
	EVERYTHING = (1 << 16) - 1,
	OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE,
};

enum { BIND_AND_CONNECT_TCP = 3, ABSTRACT_SOCKETS = 1, SIGNALS = 2 };

struct ruleset {
	uint64_t files, network, scope;
};

struct beneath {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

int landlock_version(void)
{
	long found = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
	return found < 0 ? 0 : (int)found;
}

static void enforce(int ruleset)
{
	if (syscall(RESTRICT_SELF, ruleset, 0))
		fail("landlock_restrict_self");
	close(ruleset);
}

static int create(struct ruleset what)
{
	int ruleset = (int)syscall(CREATE_RULESET, &what, sizeof what, 0);
	if (ruleset < 0)
		fail("landlock_create_ruleset");
	return ruleset;
}

void scope_signals(void)
{
	enforce(create((struct ruleset){ .scope = SIGNALS }));
}

static void allow(int ruleset, const char *path, uint64_t rights, int optional)
{
	int file = open(path, O_PATH | O_CLOEXEC);
	if (file < 0) {
		if (optional && (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
			return;
		fail(path);
	}
	struct stat stat;
	if (fstat(file, &stat))
		fail(path);
	struct beneath rule = { S_ISDIR(stat.st_mode) ? rights : rights & OF_FILES, file };
	if (syscall(ADD_RULE, ruleset, PATH_BENEATH, &rule, 0))
		fail(path);
	close(file);
}

static void allow_all(int ruleset, const struct paths *paths, uint64_t rights, int optional)
{
	for (int i = 0; i < paths->count; i++)
		allow(ruleset, paths->list[i], rights, optional);
}

void raise_walls(const struct policy *policy)
{
	int ruleset = create((struct ruleset){ EVERYTHING, BIND_AND_CONNECT_TCP, ABSTRACT_SOCKETS | SIGNALS });
	allow_all(ruleset, &policy->try, EXECUTE | READ_FILE | READ_DIR, 1);
	allow_all(ruleset, &policy->read, EXECUTE | READ_FILE | READ_DIR, 0);
	allow_all(ruleset, &policy->device, READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEVICE, 0);
	allow_all(ruleset, &policy->write, EVERYTHING & ~(MAKE_CHAR | MAKE_BLOCK | IOCTL_DEVICE), 0);
	enforce(ruleset);
}

void drop_capabilities(void)
{
	/* Of no effect where there is none to drop. */
	for (int capability = 0; capability < 64; capability++)
		prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { 0 };
	if (syscall(SYS_capset, &header, none))
		fail("capset");
}

/* Threads of a process that is ours; 0 for those of others. */
static long threads_of(const char *process)
{
	char name[300], line[256];
	struct stat stat;
	snprintf(name, sizeof name, "/proc/%s", process);
	if (process[0] < '0' || process[0] > '9' || lstat(name, &stat) || stat.st_uid != getuid())
		return 0;
	snprintf(name, sizeof name, "/proc/%s/status", process);
	FILE *file = fopen(name, "re");
	long threads = 0;
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "Threads: %ld", &threads) == 1)
			break;
	if (file)
		fclose(file);
	return threads;
}

void limit_processes(long more)
{
	if (!more)
		return;
	/* The kernel counts all that the user has. */
	DIR *processes = opendir("/proc");
	for (struct dirent *one; processes && (one = readdir(processes));)
		more += threads_of(one->d_name);
	if (processes)
		closedir(processes);
	struct rlimit now;
	if (getrlimit(RLIMIT_NPROC, &now))
		fail("getrlimit");
	rlim_t most = (rlim_t)more < now.rlim_max ? (rlim_t)more : now.rlim_max;
	if (setrlimit(RLIMIT_NPROC, &(struct rlimit){ most, most }))
		fail("setrlimit");
}
