/* The parts of the program "load": what benchmarks measure and what races consist of. */

/* `load race SEED OPERATIONS KINDS ROOT [TYPE OPTIONS OTHER]`, see race.c; returns the exit status. */
int load_race(long argc, char **argv);
/* `load touch`, `load clones` and others, see probe.c; 0 where it is none of them. */
int load_probe(long argc, char **argv);

/* open, one write, close; the first error. */
long put_text(const char *path, const char *text);
/* Writes "0" into the `tasks` of a container: the caller moves. */
long join(const char *container);
/* fork(2), and the child's exit at once or after it has moved itself; reaped by the caller. */
void leave(int status) __attribute__((noreturn));
