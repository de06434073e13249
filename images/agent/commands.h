/* Commands that run, as the agent sees them: their pipes. A command is known by its slot. */
struct pollfd;

void commands_open(void);
/* Whether one more can run. */
int commands_free(void);
/* Opens the agent's ends of the pipes that a command made; 0 or a negated error number. */
long command_start(int slot);
/* Appends to the input; returns 0 when there is no such command or too much of it. */
int command_input(int slot, u32 id, const u8 *data, u32 size, int more);
/* Moves bytes as far as pipes and window allow. */
void commands_move(void);
/* Whether a command has ended and all output was read that it had written. */
int command_dry(int slot);
void command_forget(int slot);
/* Adds what to wait for; returns the number of entries. */
int commands_poll(struct pollfd *list);

enum { COMMANDS = 16 };
