/*
 * Processes that get into each other's way, on purpose:
 *
 *   load race SEED OPERATIONS KINDS ROOT [TYPE OPTIONS OTHER]
 *
 * Each letter of KINDS is a kind of operation and is drawn as often as it stands there:
 *
 *   d  mkdir of a container           D  rmdir of one
 *   m  the worker moves               p  some other process of the race moves
 *   f  a child that exits at once     F  a child that moves itself first
 *   n  notify_on_release on or off    t  a read of `tasks`
 *   u  a mount of the same hierarchy on OTHER, and its end
 *   g  a child that gets a new namespace, and where the ns subsystem is a container; goes without m, p and F
 *
 * Some errors are part of the game. Any other ends the worker: it says which operation failed how. In the end all is
 * put back: no process stays, and no container that the race has made. Then it says how often each kind went well.
 */
#include "sys.h"
#include "load.h"
#include "text.h"

enum { WORKERS = 4, CONTAINERS = 6, CHILDREN = 12, EEXIST = 17, ENODEV = 19, ENOTDIR = 20, EINVAL = 22, ECHILD = 10 };
enum { CLONE_NEWUTS = 0x04000000, MNT_DETACH = 2 };

static const char *root, *type, *options, *other;
static u32 random_state;
/* Of every process that there has been lately, in memory that all share. */
static volatile long *pids;
static u32 *well; /* by kind */
enum { PIDS = 32, KINDS = 128 };

static u32 draw(u32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return (random_state >> 8) % below;
}

static const char *some_container(char *path, const char *file)
{
	text_add(text_number(text_add(text_add(path, root), "/race"), draw(CONTAINERS)), file);
	return path;
}

/* What can happen to whoever is too late. */
static int is_fair(long error)
{
	return error == -ENOENT || error == -EEXIST || error == -EBUSY || error == -ESRCH || error == -ENODEV ||
	       error == -ENOTDIR || error == -ECHILD;
}

static int children;

static void reap(int options_of_wait)
{
	int status;
	while (children && sys4(wait4, -1, &status, options_of_wait, 0) > 0)
		children--;
}

/* The container that it comes with, if any, is a child of the root as long as no worker is moved. */
static void namespace_of_its_own(void)
{
	char path[128];
	sys1(unshare, CLONE_NEWUTS);
	join(root);
	text_number(text_add(text_add(path, root), "/node_"), sys0(getpid));
	sys1(rmdir, path);
}

static long child(u8 kind)
{
	char path[128];
	some_container(path, "");
	if (children >= CHILDREN)
		reap(0);
	long pid = sys0(fork);
	if (pid == 0) {
		if (kind == 'F')
			join(path);
		if (kind == 'g')
			namespace_of_its_own();
		leave(0);
	}
	if (!failed(pid)) {
		children++;
		pids[draw(PIDS)] = pid;
	}
	return failed(pid) ? pid : 0;
}

static long read_tasks(const char *path)
{
	char buffer[512];
	long fd = sys2(open, path, O_RDONLY), result;
	if (failed(fd))
		return fd;
	while ((result = sys3(read, fd, buffer, sizeof(buffer))) > 0)
		;
	sys1(close, fd);
	return result;
}

static long mount_and_umount(void)
{
	long result = sys5(mount, "dev", other, type, 0, options);
	/* What it was to be mounted on has just been unmounted by another worker. */
	if (result == -EINVAL)
		return -EBUSY;
	if (failed(result))
		return result;
	/* Another worker may be in between; whoever is last takes it away. */
	sys2(umount, other, MNT_DETACH);
	return 0;
}

static long operate(u8 kind)
{
	char path[128], number[24];
	reap(WNOHANG);
	switch (kind) {
	case 'd':
		return sys2(mkdir, some_container(path, ""), 0755);
	case 'D':
		return sys1(rmdir, some_container(path, ""));
	case 'm':
		return draw(4) ? join(some_container(path, "")) : join(root);
	case 'p':
		text_number(number, pids[draw(PIDS)]);
		return put_text(some_container(path, "/tasks"), number);
	case 'n':
		return put_text(some_container(path, "/notify_on_release"), draw(3) ? "1" : "0");
	case 't':
		return read_tasks(draw(2) ? some_container(path, "/tasks") : (text_add(text_add(path, root), "/tasks"), path));
	case 'u':
		return mount_and_umount();
	default:
		return child(kind);
	}
}

static int work(u32 seed, long operations, const char *kinds)
{
	char what[16] = "operation ?:";
	u32 count = text_length(kinds);
	random_state = seed;
	for (int i = 0; i < 8; i++)
		draw(2);
	for (long i = 0; i < operations; i++) {
		u8 kind = kinds[draw(count)];
		long result = operate(kind);
		if (!failed(result))
			__sync_fetch_and_add(&well[kind % KINDS], 1);
		if (!failed(result) || is_fair(result))
			continue;
		what[10] = kind;
		text_tell(what, result);
		return 1;
	}
	reap(0);
	join(root);
	return 0;
}

/* Children of workers may still be on their way out, and agents at work. */
static int clean_up(void)
{
	char path[128];
	for (int i = 0; i < CONTAINERS; i++) {
		long error = -EBUSY;
		text_number(text_add(text_add(path, root), "/race"), i);
		for (int tries = 0; tries < 3000 && error == -EBUSY; tries++) {
			error = sys1(rmdir, path);
			if (error == -EBUSY)
				sys3(poll, 0, 0, 1);
		}
		if (error && error != -ENOENT && error != -ENODEV) {
			text_tell("rmdir in the end:", error);
			return 1;
		}
	}
	return 0;
}

int load_race(long argc, char **argv)
{
	static char none[] = "";
	int status, worst = 0;
	if (argc != 4 && argc != 7) {
		text_say(2, "load race: expected SEED OPERATIONS KINDS ROOT [TYPE OPTIONS OTHER]\n");
		return 2;
	}
	long seed = text_value(argv[0]), operations = text_value(argv[1]);
	const char *kinds = argv[2];
	root = argv[3];
	type = argc == 7 ? argv[4] : none;
	options = argc == 7 ? argv[5] : none;
	other = argc == 7 ? argv[6] : none;
	well = map_memory(4096, 1);
	pids = map_memory(4096, 1);
	for (int i = 0; i < PIDS; i++)
		pids[i] = 1 << 21;
	for (int i = 0; i < WORKERS; i++) {
		long pid = sys0(fork);
		if (pid == 0)
			leave(work(seed * WORKERS + i + 1, operations / WORKERS, kinds));
		pids[i] = pid;
	}
	for (int i = 0; i < WORKERS; i++)
		if (sys4(wait4, -1, &status, 0, 0) > 0 && status)
			worst = status;
	if (worst & 127)
		text_tell("a worker was ended by signal", worst & 127);
	if (clean_up() || worst)
		return 1;
	for (int kind = 0; kind < KINDS; kind++) {
		char name[] = {kind, 0};
		if (well[kind])
			text_tell(name, well[kind]);
	}
	return 0;
}
