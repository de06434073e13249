import { x86 } from './x86.ts';

export const i386 = x86({
  name: 'i386',
  aliases: ['i686', 'ia32', 'x86_32'],
  bits: 32,
  guestCompilerFlags: ['-m32'],
  debianArch: 'i386',
  binary: 'qemu-system-i386',
});
