import type { StatLayout, SystemCall, SystemCallShape } from '../model/index.ts';

/** The working directory, for calls that take a directory. */
const here = -100;
const at = (number: number, more: Readonly<Record<number, number>> = {}): SystemCallShape => ({
  number,
  constants: { 0: here, ...more },
});

/** The calls of architectures that came after all others had numbers of their own (asm-generic/unistd.h). */
export const genericCalls: Readonly<Record<SystemCall, SystemCallShape>> = {
  read: 63,
  write: 64,
  open: at(56),
  close: 57,
  stat: at(79, { 3: 0 }),
  lstat: at(79, { 3: 0x100 }),
  lseek: 62,
  getpid: 172,
  kill: 129,
  chdir: 49,
  rename: { number: 276, constants: { 0: here, 2: here, 4: 0 } },
  mkdir: at(34),
  rmdir: at(35, { 2: 0x200 }),
  unlink: at(35, { 2: 0 }),
  symlink: { number: 36, constants: { 1: here } },
  readlink: at(78),
  chmod: at(53),
  chown: at(54, { 4: 0 }),
  setuid: 146,
  setgid: 144,
  setresuid: 147,
  mount: 40,
  umount: 39,
  sched_setaffinity: 122,
  sched_getaffinity: 123,
  getdents64: 61,
  unshare: 97,
  ioctl: 29,
  settimeofday: 170,
};

/** `struct stat` of asm-generic/stat.h, 64 bits. */
export const genericStat: StatLayout = {
  size: 128,
  mode: 16,
  uid: 24,
  gid: 28,
  fileSize: 48,
  inode: 8,
  links: { at: 20, bytes: 4 },
};
