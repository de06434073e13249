/* 64-bit POWER, little-endian: system call numbers, and the few places where C is not enough. */
#define NR_fork 2
#define NR_read 3
#define NR_pread64 179
#define NR_write 4
#define NR_open 5
#define NR_close 6
#define NR_execve 11
#define NR_chdir 12
#define NR_mknod 14
#define NR_chmod 15
#define NR_getpid 20
#define NR_mount 21
#define NR_setuid 23
#define NR_pause 29
#define NR_kill 37
#define NR_mkdir 39
#define NR_rmdir 40
#define NR_pipe 42
#define NR_setgid 46
#define NR_umount 52
#define NR_ioctl 54
#define NR_fcntl 55
#define NR_setpgid 57
#define NR_umask 60
#define NR_dup2 63
#define NR_setsid 66
#define NR_setgroups 81
#define NR_readlink 85
#define NR_mmap 90
#define NR_wait4 114
#define NR_clone 120
#define NR_sched_setscheduler 156
#define NR_poll 167
#define NR_rt_sigaction 173
#define NR_rt_sigprocmask 174
#define NR_futex 221
#define NR_sched_setaffinity 222
#define NR_sched_getaffinity 223
#define NR_exit_group 234
#define NR_clock_gettime 246
#define NR_set_mempolicy 261
#define NR_unshare 282
#define NR_sched_setattr 355
#define NR_pidfd_open 434
#define NR_pidfd_getfd 438

#ifdef DEFINE_ENTRY
/* long sys(number, six arguments): sc takes the number from r0, and tells of an error by a bit, not by a sign. */
asm(".text\n.globl sys\nsys:\n"
    "mr 0,3\nmr 3,4\nmr 4,5\nmr 5,6\nmr 6,7\nmr 7,8\nmr 8,9\nsc\nbnslr\nneg 3,3\nblr\n");

/* The kernel starts a program with its address in r12. */
asm(".globl _start\n_start:\n"
    "addis 2,12,.TOC.-_start@ha\naddi 2,2,.TOC.-_start@l\n"
    "mr 3,1\nclrrdi 1,1,4\nli 0,0\nstdu 0,-64(1)\nbl entry\nnop\n");

asm(".globl restorer\nrestorer:\nli 0,172\nsc\n");

/* long thread_clone(flags, stack, function): the new thread runs the function, which must not return. */
asm(".globl thread_clone\nthread_clone:\n"
    "std 30,-16(1)\nmr 30,5\nli 5,0\nli 6,0\nli 7,0\nli 0,120\nsc\nbns 1f\nneg 3,3\n"
    "1: cmpdi 3,0\nbne 2f\nli 0,0\nstdu 0,-64(1)\nmr 12,30\nmtctr 12\nbctrl\n"
    "2: ld 30,-16(1)\nblr\n");
#endif

#define MAP_BY_POINTER 0
#define CLONE_STACK_FIRST 0
#define MAP_NORESERVE 0x40

/* Terminals have numbers, flags and a struct of their own here. */
#define OWN_TERMIOS
enum { TCGETS = 0x402c7413, VTIME = 7, VMIN = 5 };
#define TCSETS 0x802c7414u
enum { ICRNL = 0400, OPOST = 1, ONLCR = 2, B115200 = 021, CS8 = 01400, CREAD = 04000, CLOCAL = 0100000 };
enum { ISIG = 0x80, ICANON = 0x100, ECHO = 8, ECHOE = 2, ECHOK = 4, ECHOCTL = 0x40, ECHOKE = 1, IEXTEN = 0x400 };

struct termios {
	u32 input, output, control, local;
	u8 characters[19], discipline;
	u32 input_speed, output_speed;
};
