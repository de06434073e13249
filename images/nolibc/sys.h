/*
 * What a C library would give, for programs that have none: types, system calls, memory. Only calls that Linux 2.6.22 has; every wrapper returns the
 * kernel's own value, a negated error number when the call failed.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long usize;

#if defined(__x86_64__)
#include "arch/x86_64.h"
#elif defined(__i386__)
#include "arch/i386.h"
#elif defined(__s390x__)
#include "arch/s390x.h"
#elif defined(__aarch64__)
#include "arch/arm64.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "arch/riscv64.h"
#elif defined(__arm__)
#include "arch/armhf.h"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#include "arch/ppc64le.h"
#else
#error "no system call numbers for this architecture"
#endif

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0x4000
#endif

long sys(long number, long a, long b, long c, long d, long e, long f);
long thread_clone(long flags, void *stack, void (*function)(void));
void restorer(void);

#define sys0(n) sys(NR_##n, 0, 0, 0, 0, 0, 0)
#define sys1(n, a) sys(NR_##n, (long)(a), 0, 0, 0, 0, 0)
#define sys2(n, a, b) sys(NR_##n, (long)(a), (long)(b), 0, 0, 0, 0)
#define sys3(n, a, b, c) sys(NR_##n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define sys4(n, a, b, c, d) sys(NR_##n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define sys5(n, a, b, c, d, e) sys(NR_##n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)

enum { EINTR = 4, EAGAIN = 11, EBUSY = 16, ESRCH = 3, ENOSYS = 38, E2BIG = 7, ENOENT = 2, EACCES = 13 };
enum { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_NOCTTY = 0400, O_NONBLOCK = 04000 };
enum { F_SETFD = 2, F_SETFL = 4, FD_CLOEXEC = 1 };
enum { SIGKILL = 9, SIGPIPE = 13, SIGCHLD = 17 };
enum { WNOHANG = 1 };
enum { CLONE_VM = 0x100 };
enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16 };
enum { S_IFCHR = 0020000 };

struct pollfd {
	int fd;
	short events, revents;
};

struct timespec {
	long seconds, nanoseconds;
};

/* clone(2) with flags alone: a fork with something of its own. Where the flags stand is up to the architecture. */
static inline long sys_clone(long flags) { return CLONE_STACK_FIRST ? sys2(clone, 0, flags) : sys2(clone, flags, 0); }

/* Memory that costs nothing until it is touched; what is shared stays so after a fork. */
static inline void *map_memory(usize size, int shared)
{
	long flags = (shared ? 1 : 2) | 0x20 /* anonymous */ | MAP_NORESERVE;
#if MAP_BY_POINTER
	long arguments[6] = {0, (long)size, 3, flags, -1, 0};
	return (void *)sys1(mmap, arguments);
#else
	return (void *)sys(NR_mmap, 0, (long)size, 3, flags, -1, 0);
#endif
}

typedef void (*handler)(int, void *, void *);
#define SIG_IGNORED ((handler)1)

static inline void on_signal(int signal, handler does, unsigned long flags)
{
	struct {
		handler handler;
		unsigned long flags;
#ifndef NO_RESTORER
		void (*restorer)(void);
#endif
		u32 mask[2];
	} action = {.handler = does, .flags = flags};
#ifndef NO_RESTORER
	action.flags |= 0x04000000; /* SA_RESTORER */
	action.restorer = restorer;
#endif
	sys4(rt_sigaction, signal, &action, 0, 8);
}

/* True for a value that stands for an error: a pointer or a count never lies in the last page. */
static inline int failed(long value) { return (usize)value > (usize)-4096; }

static inline u32 get32(const u8 *p) { return (u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static inline void put32(u8 *p, u32 v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}

void *memcpy(void *to, const void *from, usize size);
void *memmove(void *to, const void *from, usize size);
void *memset(void *to, int value, usize size);
