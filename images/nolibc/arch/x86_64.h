/* x86_64: system call numbers, and the few places where C is not enough. */
#define NR_read 0
#define NR_write 1
#define NR_open 2
#define NR_close 3
#define NR_poll 7
#define NR_mmap 9
#define NR_rt_sigaction 13
#define NR_rt_sigprocmask 14
#define NR_ioctl 16
#define NR_pread64 17
#define NR_pipe 22
#define NR_dup2 33
#define NR_pause 34
#define NR_getpid 39
#define NR_clone 56
#define NR_fork 57
#define NR_execve 59
#define NR_wait4 61
#define NR_kill 62
#define NR_fcntl 72
#define NR_chdir 80
#define NR_mkdir 83
#define NR_rmdir 84
#define NR_readlink 89
#define NR_chmod 90
#define NR_umask 95
#define NR_setuid 105
#define NR_setgid 106
#define NR_setpgid 109
#define NR_setsid 112
#define NR_setgroups 116
#define NR_mknod 133
#define NR_mount 165
#define NR_umount 166
#define NR_futex 202
#define NR_clock_gettime 228
#define NR_exit_group 231
#define NR_unshare 272
#define NR_sched_setscheduler 144
#define NR_sched_setaffinity 203
#define NR_sched_getaffinity 204
#define NR_set_mempolicy 238
#define NR_sched_setattr 314
#define NR_pidfd_open 434
#define NR_pidfd_getfd 438

#ifdef DEFINE_ENTRY
/* long sys(number, six arguments) */
asm(".text\n.globl sys\nsys:\n"
    "mov %rdi,%rax\nmov %rsi,%rdi\nmov %rdx,%rsi\nmov %rcx,%rdx\nmov %r8,%r10\nmov %r9,%r8\nmov 8(%rsp),%r9\n"
    "syscall\nret\n");

asm(".globl _start\n_start:\nxor %ebp,%ebp\nmov %rsp,%rdi\nand $-16,%rsp\ncall entry\n");

asm(".globl restorer\nrestorer:\nmov $15,%eax\nsyscall\n");

/* long thread_clone(flags, stack, function): the new thread runs the function, which must not return. */
asm(".globl thread_clone\nthread_clone:\n"
    "mov %rdx,%r9\nxor %edx,%edx\nmov $56,%eax\nsyscall\n"
    "test %rax,%rax\njz 1f\nret\n1: xor %ebp,%ebp\ncall *%r9\n");
#endif

#define MAP_BY_POINTER 0
#define CLONE_STACK_FIRST 0
