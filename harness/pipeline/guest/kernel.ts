import type { Target } from '../../model/index.ts';

/** A bootable image, whoever built it. */
export interface Kernel {
  readonly image: string;
  readonly target: Target;
  readonly kernelVersion?: string;
  readonly systemMap?: string;
  readonly vmlinux?: string;
}
