/*
 * Runs a command in a sandbox: quiltboot-sandbox [OPTION PATH]… [--processes N] [--temporary PATH] -- COMMAND…, or --version.
 *
 * Three processes: the first is the one that quiltboot knows. The second, in a session of its own, collects what the command
 * leaves behind and decides what the filter asks. The third becomes the command. The first two may send signals to what is
 * below them and to nothing else, and what is below can send them none; when the command ends, or one of the two does,
 * however that happens, one signal ends everything that is left.
 */
#include "sandbox.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { NEEDED = 6, CANNOT = 125 };

void fail(const char *what)
{
	fprintf(stderr, "sandbox: %s: %s\n", what, strerror(errno));
	_exit(CANNOT);
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Ends what is below us, which can start nothing while the kernel goes through it, and waits until it is gone. */
static void end_all(void)
{
	for (;;) {
		kill(-1, SIGKILL);
		for (pid_t gone; (gone = waitpid(-1, NULL, WNOHANG)) != 0;)
			if (gone < 0 && errno == ECHILD)
				return;
		poll(NULL, 0, 1);
	}
}

static void send_file(int socket, int file)
{
	char byte = 0, room[CMSG_SPACE(sizeof file)] = { 0 };
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
	struct cmsghdr *with = CMSG_FIRSTHDR(&message);
	*with = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof file), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(with), &file, sizeof file);
	if (sendmsg(socket, &message, 0) != 1)
		fail("sendmsg");
}

/* -1 when nothing was sent, for the other end says why. */
static int receive_file(int socket)
{
	char byte, room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
	int file = -1;
	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof file);
	return file;
}

_Noreturn static void become(const struct policy *policy, char **command, int socket)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	limit_processes(policy->processes);
	if (chdir("/"))
		fail("chdir");
	raise_walls(policy);
	send_file(socket, install_filter());
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execvp(command[0], command);
	fprintf(stderr, "sandbox: cannot run %s: %s\n", command[0], strerror(errno));
	_exit(127);
}

/* Takes in what has ended. Returns whether the command has. */
static int collect(pid_t command, int *status)
{
	int found, ended = 0;
	for (pid_t gone; (gone = waitpid(-1, &found, WNOHANG)) > 0;)
		if (gone == command) {
			*status = status_of(found);
			ended = 1;
		}
	return ended;
}

_Noreturn static void keep(const struct policy *policy, char **command, int alive)
{
	int pair[2], status = CANNOT;
	sigset_t children;
	setsid();
	prctl(PR_SET_PDEATHSIG, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	scope_signals();
	broker_open(policy);
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, NULL);
	int ended = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
	if (ended < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		fail("signalfd");
	pid_t child = fork();
	if (child < 0)
		fail("fork");
	if (!child)
		become(policy, command, pair[1]);
	close(pair[1]);
	struct pollfd wait[] = { { alive, POLLIN, 0 }, { ended, POLLIN, 0 }, { receive_file(pair[0]), POLLIN, 0 } };
	for (;;) {
		if (poll(wait, 3, -1) < 0 && errno != EINTR)
			break;
		if (wait[0].revents)
			break;
		if (wait[1].revents) {
			struct signalfd_siginfo many[16];
			while (read(ended, many, sizeof many) > 0)
				;
			if (collect(child, &status))
				break;
		}
		if (wait[2].revents & POLLIN)
			broker_answer(wait[2].fd);
		else if (wait[2].revents)
			wait[2].fd = -1;
	}
	end_all();
	_exit(status);
}

static int option(struct policy *policy, const char *name, char *value)
{
	const struct {
		const char *name;
		struct paths *paths;
	} known[] = { { "--read", &policy->read },
		      { "--try", &policy->try },
		      { "--write", &policy->write },
		      { "--device", &policy->device } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(name, known[i].name) && known[i].paths->count < MOST_PATHS) {
			known[i].paths->list[known[i].paths->count++] = value;
			return 1;
		}
	if (!strcmp(name, "--temporary"))
		policy->temporary = value;
	else if (!strcmp(name, "--processes"))
		policy->processes = atol(value);
	else
		return 0;
	return 1;
}

int main(int count, char **words)
{
	static struct policy policy;
	int found = landlock_version(), next = 1;
	if (count == 2 && !strcmp(words[1], "--version"))
		return printf("%d\n", found) < 0;
	while (next + 1 < count && strcmp(words[next], "--") && option(&policy, words[next], words[next + 1]))
		next += 2;
	if (next + 1 >= count || strcmp(words[next], "--")) {
		fprintf(stderr, "sandbox: unexpected words from %s on\n", next < count ? words[next] : "the end");
		return CANNOT;
	}
	if (found < NEEDED) {
		fprintf(stderr, "sandbox: the kernel has version %d of Landlock's interface; %d is needed\n", found, NEEDED);
		return CANNOT;
	}
	/* Where quiltboot ends, so do we, and by that everything else. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	drop_capabilities();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fail("no_new_privs");
	scope_signals();
	int alive[2], status;
	if (pipe2(alive, O_CLOEXEC))
		fail("pipe");
	pid_t keeper = fork();
	if (keeper < 0)
		fail("fork");
	if (!keeper) {
		close(alive[1]);
		keep(&policy, words + next + 1, alive[0]);
	}
	close(alive[0]);
	while (waitpid(keeper, &status, 0) < 0)
		if (errno != EINTR)
			fail("waitpid");
	if (WIFSIGNALED(status))
		end_all();
	return status_of(status);
}
