/* What programs write: text and numbers. */

u32 text_length(const char *text);
int text_equal(const char *a, const char *b);
/* Appends text, or a number, and a final NUL; returns where the NUL is. */
char *text_add(char *to, const char *text);
char *text_number(char *to, long value);
long text_value(const char *digits);
void text_say(int fd, const char *text);
/* "name number\n" on standard output, in one piece. */
void text_tell(const char *name, long value);
