/* What broker.c asks of the thread that waits for an answer. A negative result is an error. */
#include "sandbox.h"

/* The call that is decided; memory and files are those of the thread that makes it. */
struct call {
	int listener;
	uint64_t id;
	pid_t thread;
	const uint64_t *arguments;
	int memory;
};

/* See struct policy. */
extern const char *temporary;
/* Whether the thread is still there; its number may else be somebody else's by now. */
int still_waits(const struct call *call);
/* Up to the NUL that ends it. */
int fetch_text(const struct call *call, uint64_t address, char *to, size_t size);
int fetch(const struct call *call, uint64_t address, void *to, size_t size);
/* What the thread has open, or its working directory, without opening it again. */
int borrow(const struct call *call, int number);
/* The file that a name stands for, by O_PATH. */
int find(const struct call *call, int directory, const char *path, int follow);
/* The same, where the name is in the thread's memory. */
int find_at(const struct call *call, int directory, uint64_t address, int follow);
/* Whether a file is in a place that may be written. */
int may_change(int file);
