/* Sets a serial line for frames (raw), or for a person (cooked: editing, echo, signals). */
void terminal_set(int line, int cooked);
