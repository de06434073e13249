/** System call numbers: x86_64, i386, s390x. On i386 those variants that take 32-bit ids and 64-bit sizes. */
const numbers = {
  read: [0, 3, 3],
  write: [1, 4, 4],
  open: [2, 5, 5],
  close: [3, 6, 6],
  stat: [4, 195, 106],
  lstat: [6, 196, 107],
  lseek: [8, 19, 19],
  getpid: [39, 20, 20],
  kill: [62, 37, 37],
  chdir: [80, 12, 12],
  rename: [82, 38, 38],
  mkdir: [83, 39, 39],
  rmdir: [84, 40, 40],
  unlink: [87, 10, 10],
  symlink: [88, 83, 83],
  readlink: [89, 85, 85],
  chmod: [90, 15, 15],
  chown: [92, 212, 212],
  setuid: [105, 213, 213],
  setgid: [106, 214, 214],
  setresuid: [117, 208, 208],
  mount: [165, 21, 21],
  umount: [166, 52, 52],
  sched_setaffinity: [203, 241, 239],
  sched_getaffinity: [204, 242, 240],
  getdents64: [217, 220, 220],
  unshare: [272, 310, 303],
} as const;

export type SyscallName = keyof typeof numbers;

/** The number of a system call for a target of that name; undefined for a target that is not known here. */
export function syscallNumber(target: string, name: SyscallName): number | undefined {
  const column = ['x86_64', 'i386', 's390x'].indexOf(target);
  return numbers[name][column];
}
