/* riscv64: the few places where C is not enough. */
#include "generic.h"

#ifdef DEFINE_ENTRY
asm(".text\n.globl kernel\nkernel:\n"
    "mv a7,a0\nmv a0,a1\nmv a1,a2\nmv a2,a3\nmv a3,a4\nmv a4,a5\nmv a5,a6\necall\nret\n");

asm(".globl _start\n_start:\nmv a0,sp\nandi sp,sp,-16\ncall entry\n");

asm(".globl restorer\nrestorer:\nli a7,139\necall\n");

/* long thread_clone(flags, stack, function): the new thread runs the function, which must not return. */
asm(".globl thread_clone\nthread_clone:\n"
    "mv t0,a2\nli a2,0\nli a3,0\nli a4,0\nli a7,220\necall\n"
    "beqz a0,1f\nret\n1: jalr t0\n");
#endif

/* The kernel returns from signals by its vdso, and its sigaction has no place for anything else. */
#define NO_RESTORER 1
