/* A sandbox of Landlock and seccomp, for machines without namespaces. README.md beside this folder says what is where. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { MOST_PATHS = 256 };

struct paths {
	int count;
	const char *list[MOST_PATHS];
};

/* What the command may do; the names are the options of the program. */
struct policy {
	struct paths read, try, write, device;
	/* A writable directory for files that the command makes in /tmp without a name; none where there is none. */
	const char *temporary;
	/* Processes and threads that it may have beside those that its user has already; 0 for no limit. */
	long processes;
};

/* Says what fails, and ends the process. */
_Noreturn void fail(const char *what);

/* walls.c: number of the interface that the kernel has; 0 where there is none. */
int landlock_version(void);
/* The process and all below it send signals to each other alone. */
void scope_signals(void);
/* The process and all below it reach what the policy names, and nothing else. */
void raise_walls(const struct policy *policy);
void drop_capabilities(void);
void limit_processes(long more);

/* filter.c: forbids system calls; returns the descriptor on which those that somebody else has to decide arrive. */
int install_filter(void);

/* broker.c: decides one of them. */
void broker_open(const struct policy *policy);
void broker_answer(int listener);
