/*
 * Processes that make system calls for the host. Each has a slot in memory that it shares with the agent: a header, the
 * request and the reply. Sharing memory, and not a pipe for each, lets any process fork another one at any time.
 */
/* The agent's serial line; a node of its own, so that nothing mounted on /dev hides it. */
#define LINE_PATH "/.agent"

enum {
	SLOTS = 512,
	REQUEST = 65536,
	REPLY = 65536,
};

enum state {
	FREE,
	STARTING, /* its parent was asked to fork it */
	BORN,     /* waits for calls; the host was not told yet */
	IDLE,
	ASKED,    /* a request lies there */
	DONE,     /* a reply lies there */
	REFUSED,  /* like DONE, but `result` holds an error number and there is no reply */
	PIPES,    /* a command before exec: waits until the agent has opened the other ends */
	GO,       /* a command that may go on, and runs */
};

struct slot {
	u32 state; /* also the futex that its process waits on */
	u32 dead;
	u32 generation;
	int parent;      /* slot of the process that forks it; -1 is the agent */
	int child;       /* slot that a fork request is for */
	long pid;        /* as the agent sees it */
	long parent_pid; /* as its parent sees it: another number in a pid namespace */
	int status, error;
	u32 id;
	u8 op, tty;
	u32 request_size, reply_size, reply_sent;
	long result;
	int pipes[3]; /* the agent's ends, numbers in the command's own table */
};

extern struct slot *slots;
extern int me; /* own slot; -1 in the agent */

u8 *slot_request(int slot);
u8 *slot_reply(int slot);

void slots_open(void);
/* Wakes the process of a slot after a change of its state. */
void slot_wake(int slot);
/* Tells the agent that some slot changed. */
void poke(void);
/* Forks a process for a slot; returns the pid in the parent. */
long slot_fork(int slot);
/* Executes the command in the request of the slot; never returns. */
void command_exec(int slot);
/* Makes the calls in the request and puts the results into the reply. */
void make_calls(const u8 *request, u8 *reply, u32 *reply_size);

extern int poke_pipe[2];
