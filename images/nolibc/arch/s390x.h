/* s390x: system call numbers, and the few places where C is not enough. */
#define NR_fork 2
#define NR_read 3
#define NR_pread64 180
#define NR_write 4
#define NR_open 5
#define NR_close 6
#define NR_execve 11
#define NR_chdir 12
#define NR_mknod 14
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
#define NR_chmod 15
#define NR_umask 60
#define NR_dup2 63
#define NR_setsid 66
#define NR_readlink 85
#define NR_mmap 90
#define NR_wait4 114
#define NR_clone 120
#define NR_poll 168
#define NR_rt_sigaction 174
#define NR_rt_sigprocmask 175
#define NR_setgroups 206
#define NR_setuid 213
#define NR_setgid 214
#define NR_futex 238
#define NR_exit_group 248
#define NR_clock_gettime 260
#define NR_unshare 303
#define NR_sched_setscheduler 156
#define NR_sched_setaffinity 239
#define NR_sched_getaffinity 240
#define NR_set_mempolicy 270
#define NR_sched_setattr 345
#define NR_pidfd_open 434
#define NR_pidfd_getfd 438

#ifdef DEFINE_ENTRY
/* long sys(number, six arguments): svc 0 takes the number from r1. */
asm(".text\n.globl sys\nsys:\n"
    "stmg %r6,%r7,48(%r15)\nlgr %r1,%r2\nlgr %r2,%r3\nlgr %r3,%r4\nlgr %r4,%r5\nlgr %r5,%r6\n"
    "lg %r6,160(%r15)\nlg %r7,168(%r15)\nsvc 0\nlmg %r6,%r7,48(%r15)\nbr %r14\n");

asm(".globl _start\n_start:\nlgr %r2,%r15\naghi %r15,-160\nxc 0(8,%r15),0(%r15)\nbrasl %r14,entry\n");

asm(".globl restorer\nrestorer:\nsvc 173\n");

/* long thread_clone(flags, stack, function): the kernel takes the stack first here. */
asm(".globl thread_clone\nthread_clone:\n"
    "lgr %r0,%r2\nlgr %r2,%r3\nlgr %r3,%r0\nsvc 120\nltgr %r2,%r2\nbnzr %r14\n"
    "aghi %r15,-160\nbasr %r14,%r4\n");
#endif

#define MAP_BY_POINTER 1
#define CLONE_STACK_FIRST 1
