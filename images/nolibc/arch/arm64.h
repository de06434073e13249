/* arm64: the few places where C is not enough. */
#include "generic.h"

#ifdef DEFINE_ENTRY
asm(".text\n.globl kernel\nkernel:\n"
    "mov x8,x0\nmov x0,x1\nmov x1,x2\nmov x2,x3\nmov x3,x4\nmov x4,x5\nmov x5,x6\nsvc #0\nret\n");

asm(".globl _start\n_start:\nmov x29,#0\nmov x30,#0\nmov x0,sp\nbl entry\n");

asm(".globl restorer\nrestorer:\nmov x8,#139\nsvc #0\n");

/* long thread_clone(flags, stack, function): the new thread runs the function, which must not return. */
asm(".globl thread_clone\nthread_clone:\n"
    "mov x9,x2\nmov x2,#0\nmov x3,#0\nmov x4,#0\nmov x8,#220\nsvc #0\n"
    "cbz x0,1f\nret\n1: mov x29,#0\nblr x9\n");
#endif
