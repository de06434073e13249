/* Acts as the tool that the program was called as, and ends then; returns when it was called as none. */
void tool_main(long argc, char **argv);
