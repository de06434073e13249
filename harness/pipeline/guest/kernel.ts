import { userPath } from '../../host/files/user-path.ts';
import type { BootTarget, BuiltModule } from '../../model/index.ts';

/** A bootable image, whoever built it. */
export interface Kernel {
  readonly image: string;
  readonly target: BootTarget;
  readonly kernelVersion?: string;
  readonly systemMap?: string;
  readonly vmlinux?: string;
  /** The package that it comes from, with its version. */
  readonly from?: string;
  /** Absent for an image alone. */
  readonly modules?: readonly BuiltModule[];
}

/** The path of an image that is there. Throws UserError otherwise. */
export async function kernelImage(file: string): Promise<string> {
  const hint = 'expected the file that QEMU can load, for instance arch/x86/boot/bzImage';
  return userPath('file', { path: file, what: 'kernel image', hint });
}
