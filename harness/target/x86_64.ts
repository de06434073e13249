import { x86 } from './x86.ts';

export const x86_64 = x86({
  name: 'x86_64',
  aliases: ['x86', 'x86-64', 'amd64'],
  bits: 64,
  guestCompilerFlags: ['-m64'],
  debianArch: 'amd64',
  binary: 'qemu-system-x86_64',
});
