/* What the host asks for, and the answers. harness/guest/line/session.ts is the other half. */
void requests_open(void);
/* Answers what can be answered now. Returns the slot of a command that is to have the line for itself, or -1. */
int requests_serve(void);
