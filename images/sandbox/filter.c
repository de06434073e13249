/* Which system calls the command may make. Landlock knows nothing of most of these. */
#include "sandbox.h"
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#define CLONE_FLAGS 0
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#define CLONE_FLAGS 0
#elif defined(__s390x__)
#define MACHINE AUDIT_ARCH_S390X
#define CLONE_FLAGS 1
#else
#error this sandbox knows the system calls of x86_64, aarch64 and s390x
#endif

/* They change what belongs to a file or lead to a socket, by a name that only broker.c can judge. */
static const int brokered[] = {
#ifdef SYS_chmod
	SYS_chmod,
#endif
#ifdef SYS_utime
	SYS_utime,
#endif
#ifdef SYS_utimes
	SYS_utimes,
#endif
#ifdef SYS_futimesat
	SYS_futimesat,
#endif
	SYS_fchmod, SYS_fchmodat, SYS_utimensat, SYS_connect,
};

/* Without capabilities a file keeps its owner anyway: they succeed and do nothing. */
static const int idle[] = {
#ifdef SYS_chown
	SYS_chown,
#endif
#ifdef SYS_lchown
	SYS_lchown,
#endif
	SYS_fchown, SYS_fchownat,
};

/* What ccache, cp and others try, and do without where there is no such thing. */
static const int unsupported[] = {
	SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
	463 /* setxattrat */, 466 /* removexattrat */,
};

/* The C library then does the same with older calls, whose arguments can be judged. */
static const int unknown[] = {
	435 /* clone3 */, 452 /* fchmodat2 */, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
	469 /* file_setattr */, 470 /* listns */,
};

static const int forbidden[] = {
	SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, 438 /* pidfd_getfd */,
	440 /* process_madvise */, 448 /* process_mrelease */, SYS_migrate_pages, SYS_move_pages,
	SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key,
	SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns,
	428 /* open_tree */, 429 /* move_mount */, 430 /* fsopen */, 431 /* fsconfig */, 432 /* fsmount */,
	433 /* fspick */, 442 /* mount_setattr */, 467 /* open_tree_attr */,
	SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_inotify_init1, SYS_fanotify_init, SYS_fanotify_mark,
#ifdef SYS_inotify_init
	SYS_inotify_init,
#endif
	SYS_shmget, SYS_shmat, SYS_shmctl, SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_msgctl, SYS_semget, SYS_semop,
	SYS_semtimedop, SYS_semctl, SYS_mq_open, SYS_mq_unlink, SYS_quotactl, SYS_acct, SYS_swapon, SYS_swapoff,
	SYS_reboot, SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_syslog, SYS_vhangup,
	SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname, SYS_setdomainname,
};

#define ERROR(number) (SECCOMP_RET_ERRNO | (number))

enum test { MUST_BE, MUST_NOT_BE, MUST_NOT_HAVE };

/* Calls of which only some arguments are allowed. The kernel as well looks at 32 bits of each of them. */
static const struct {
	int call, argument;
	uint32_t mask;
	enum test test;
	uint32_t value, otherwise;
} conditions[] = {
	{ SYS_clone, CLONE_FLAGS,
	  CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET,
	  MUST_NOT_HAVE, 0, ERROR(EPERM) },
	/* Files without a name: C libraries make them in /tmp, whatever the environment says. */
	{ SYS_openat, 2, O_TMPFILE, MUST_NOT_BE, O_TMPFILE, SECCOMP_RET_USER_NOTIF },
	{ SYS_socket, 0, ~0u, MUST_BE, AF_UNIX, ERROR(EACCES) },
	/* A datagram can be sent to any name at any time. */
	{ SYS_socket, 1, 0xf, MUST_BE, SOCK_STREAM, ERROR(EACCES) },
	{ SYS_socketpair, 0, ~0u, MUST_BE, AF_UNIX, ERROR(EACCES) },
	{ SYS_socketpair, 1, 0xf, MUST_BE, SOCK_STREAM, ERROR(EACCES) },
	/* The terminal of whoever reads the output. */
	{ SYS_ioctl, 1, ~0u, MUST_NOT_BE, TIOCSTI, ERROR(EPERM) },
	{ SYS_ioctl, 1, ~0u, MUST_NOT_BE, TIOCLINUX, ERROR(EPERM) },
	/* Limits and priorities of other processes of the same user. */
	{ SYS_prlimit64, 0, ~0u, MUST_BE, 0, ERROR(EPERM) },
	{ SYS_setpriority, 0, ~0u, MUST_BE, PRIO_PROCESS, ERROR(EPERM) },
	{ SYS_setpriority, 1, ~0u, MUST_BE, 0, ERROR(EPERM) },
	{ SYS_ioprio_set, 0, ~0u, MUST_BE, 1, ERROR(EPERM) },
	{ SYS_ioprio_set, 1, ~0u, MUST_BE, 0, ERROR(EPERM) },
	{ SYS_sched_setaffinity, 0, ~0u, MUST_BE, 0, ERROR(EPERM) },
	{ SYS_sched_setscheduler, 0, ~0u, MUST_BE, 0, ERROR(EPERM) },
	{ SYS_sched_setparam, 0, ~0u, MUST_BE, 0, ERROR(EPERM) },
	{ SYS_sched_setattr, 0, ~0u, MUST_BE, 0, ERROR(EPERM) },
};

enum { MOST_STEPS = 600 };

static struct sock_filter program[MOST_STEPS];
static int length;

static void step(struct sock_filter one)
{
	if (length == MOST_STEPS) {
		errno = E2BIG;
		fail("seccomp filter");
	}
	program[length++] = one;
}

static void load(size_t offset)
{
	step((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

/* Goes on if the comparison says `when`, and skips so many steps otherwise. */
static void skip_unless(int comparison, uint32_t value, int when, uint8_t steps)
{
	step((struct sock_filter)BPF_JUMP(BPF_JMP | comparison | BPF_K, value, when ? 0 : steps, when ? steps : 0));
}

static void end(uint32_t action)
{
	step((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static void each(const int *calls, size_t bytes, uint32_t action)
{
	for (size_t i = 0; i < bytes / sizeof *calls; i++) {
		skip_unless(BPF_JEQ, (uint32_t)calls[i], 1, 1);
		end(action);
	}
}

static size_t low_half(int argument)
{
	return offsetof(struct seccomp_data, args) + 8 * (size_t)argument +
	       (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);
}

int install_filter(void)
{
	load(offsetof(struct seccomp_data, arch));
	skip_unless(BPF_JEQ, MACHINE, 0, 1);
	end(ERROR(ENOSYS));
	load(offsetof(struct seccomp_data, nr));
#ifdef __x86_64__
	/* The same calls under other numbers (x32). */
	skip_unless(BPF_JGE, 0x40000000, 1, 1);
	end(ERROR(ENOSYS));
#endif
	each(brokered, sizeof brokered, SECCOMP_RET_USER_NOTIF);
	each(idle, sizeof idle, ERROR(0));
	each(unsupported, sizeof unsupported, ERROR(EOPNOTSUPP));
	each(unknown, sizeof unknown, ERROR(ENOSYS));
	each(forbidden, sizeof forbidden, ERROR(EPERM));
	for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
		skip_unless(BPF_JEQ, (uint32_t)conditions[i].call, 1, 5);
		load(low_half(conditions[i].argument));
		step((struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, conditions[i].mask));
		skip_unless(BPF_JEQ, conditions[i].value, conditions[i].test == MUST_NOT_BE, 1);
		end(conditions[i].otherwise);
		load(offsetof(struct seccomp_data, nr));
	}
	end(SECCOMP_RET_ALLOW);
	struct sock_fprog whole = { (unsigned short)length, program };
	int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &whole);
	if (listener < 0)
		fail("seccomp");
	return listener;
}
