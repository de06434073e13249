/*
 * Becomes a program. Request: uid and gid (-1 keeps), counts of candidate paths, arguments and environment strings (16
 * bits each), then all strings with their NUL: working directory (empty keeps), paths, arguments, environment.
 */
#include "sys.h"
#include "slot.h"
#include "terminal.h"

static const char *skip(const char *text)
{
	while (*text++)
		;
	return text;
}

static const char *gather(const char *text, const char **list, u32 count)
{
	for (u32 i = 0; i < count; i++) {
		list[i] = text;
		text = skip(text);
	}
	list[count] = 0;
	return text;
}

/* A terminal of its own with line editing, echo and signals: what a person at the other end expects. */
static void take_terminal(void)
{
	sys0(setsid);
	long line = sys2(open, LINE_PATH, O_RDWR);
	for (int i = 0; i < 3; i++)
		sys2(dup2, line, i);
	terminal_set(0, 1);
}

static long become(const u8 *request)
{
	long uid = (int)get32(request), gid = (int)get32(request + 4), error;
	u32 paths = request[8] << 8 | request[9], arguments = request[10] << 8 | request[11],
	    variables = request[12] << 8 | request[13];
	const char *path[paths + 1], *argv[arguments + 1], *envp[variables + 1], *directory = (const char *)request + 14;
	gather(gather(gather(skip(directory), path, paths), argv, arguments), envp, variables);
	if (*directory && (error = sys1(chdir, directory)))
		return error;
	if (gid != -1 && ((error = sys2(setgroups, 0, 0)) || (error = sys1(setgid, gid))))
		return error;
	if (uid != -1 && (error = sys1(setuid, uid)))
		return error;
	error = -ENOENT;
	for (u32 i = 0; i < paths; i++) {
		long now = sys3(execve, path[i], argv, envp);
		if (now != -ENOENT)
			error = now;
	}
	return error;
}

void command_exec(int slot)
{
	if (slots[slot].tty)
		take_terminal();
	else
		sys2(setpgid, 0, 0);
	on_signal(SIGPIPE, 0, 0);
	slots[slot].error = -become(slot_request(slot));
	sys1(exit_group, 127);
}
