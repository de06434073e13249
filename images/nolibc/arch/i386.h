/* i386: system call numbers, and the few places where C is not enough. */
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
#define NR_futex 240
#define NR_exit_group 252
#define NR_clock_gettime 265
#define NR_unshare 310
#define NR_sched_setscheduler 156
#define NR_sched_setaffinity 241
#define NR_sched_getaffinity 242
#define NR_set_mempolicy 276
#define NR_sched_setattr 351
#define NR_pidfd_open 434
#define NR_pidfd_getfd 438
#define NR_clock_gettime64 403

#ifdef DEFINE_ENTRY
/* long sys(number, six arguments) */
asm(".text\n.globl sys\nsys:\n"
    "push %ebp\npush %edi\npush %esi\npush %ebx\n"
    "mov 20(%esp),%eax\nmov 24(%esp),%ebx\nmov 28(%esp),%ecx\nmov 32(%esp),%edx\n"
    "mov 36(%esp),%esi\nmov 40(%esp),%edi\nmov 44(%esp),%ebp\n"
    "int $0x80\n"
    "pop %ebx\npop %esi\npop %edi\npop %ebp\nret\n");

asm(".globl _start\n_start:\nxor %ebp,%ebp\nmov %esp,%eax\nand $-16,%esp\nsub $12,%esp\npush %eax\ncall entry\n");

asm(".globl restorer\nrestorer:\nmov $173,%eax\nint $0x80\n");

/* long thread_clone(flags, stack, function): the new thread runs the function, which must not return. */
asm(".globl thread_clone\nthread_clone:\n"
    "push %ebx\npush %esi\npush %edi\n"
    "mov 16(%esp),%ebx\nmov 20(%esp),%ecx\nmov 24(%esp),%esi\nxor %edx,%edx\nxor %edi,%edi\nmov $120,%eax\n"
    "int $0x80\ntest %eax,%eax\njz 1f\npop %edi\npop %esi\npop %ebx\nret\n"
    "1: xor %ebp,%ebp\ncall *%esi\n");
#endif

/* The mmap that takes six arguments is a later addition here; the old one takes a pointer to them. */
#define MAP_BY_POINTER 1
#define CLONE_STACK_FIRST 0
