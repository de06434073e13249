/* 32-bit ARM, EABI: system call numbers, and the few places where C is not enough. */
#define NR_fork 2
#define NR_read 3
#define NR_pread64 180
#define NR_write 4
#define NR_open 5
#define NR_close 6
#define NR_execve 11
#define NR_chdir 12
#define NR_mknod 14
#define NR_chmod 15
#define NR_getpid 20
#define NR_mount 21
#define NR_pause 29
#define NR_kill 37
#define NR_mkdir 39
#define NR_rmdir 40
#define NR_pipe 42
#define NR_umount 52
#define NR_ioctl 54
#define NR_fcntl 55
#define NR_setpgid 57
#define NR_umask 60
#define NR_dup2 63
#define NR_setsid 66
#define NR_readlink 85
#define NR_wait4 114
#define NR_clone 120
#define NR_sched_setscheduler 156
#define NR_poll 168
#define NR_rt_sigaction 174
#define NR_rt_sigprocmask 175
#define NR_mmap 192 /* mmap2: the offset, which is always 0 here, is in pages */
#define NR_setgroups 206
#define NR_setuid 213
#define NR_setgid 214
#define NR_futex 240
#define NR_sched_setaffinity 241
#define NR_sched_getaffinity 242
#define NR_exit_group 248
#define NR_clock_gettime 263
#define NR_set_mempolicy 321
#define NR_unshare 337
#define NR_sched_setattr 380
#define NR_clock_gettime64 403
#define NR_pidfd_open 434
#define NR_pidfd_getfd 438

#ifdef DEFINE_ENTRY
/* long sys(number, six arguments): svc 0 takes the number from r7. */
asm(".text\n.globl sys\nsys:\n"
    "push {r4,r5,r7,lr}\nmov r7,r0\nmov r0,r1\nmov r1,r2\nmov r2,r3\n"
    "ldr r3,[sp,#16]\nldr r4,[sp,#20]\nldr r5,[sp,#24]\nsvc 0\npop {r4,r5,r7,pc}\n");

asm(".globl _start\n_start:\nmov fp,#0\nmov r0,sp\nbic sp,sp,#7\nbl entry\n");

asm(".globl restorer\nrestorer:\nmov r7,#173\nsvc 0\n");

/* long thread_clone(flags, stack, function): the new thread runs the function, which must not return. */
asm(".globl thread_clone\nthread_clone:\n"
    "push {r4,r7}\nmov ip,r2\nmov r2,#0\nmov r3,#0\nmov r4,#0\nmov r7,#120\nsvc 0\n"
    "cmp r0,#0\npopne {r4,r7}\nbxne lr\nblx ip\n");
#endif

#define MAP_BY_POINTER 0
#define CLONE_STACK_FIRST 0
