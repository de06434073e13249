import { createHash } from 'node:crypto';
import { type QemuRequest, qemuArguments } from './qemu-args.ts';

/**
 * Names a snapshot by all that it depends on. QEMU restores one with another command line, processor or device without
 * a word, so nothing of that may differ.
 */
export function snapshotKey(facts: {
  readonly qemuVersion: string;
  readonly kernelHash: string;
  readonly initramfsHash: string;
  readonly machine: Omit<QemuRequest, 'sockets' | 'incoming' | 'kernel' | 'initramfs'>;
}): string {
  const argv = qemuArguments({
    ...facts.machine,
    kernel: facts.kernelHash,
    initramfs: facts.initramfsHash,
    sockets: { log: '', agent: '', monitor: '' },
  });
  return createHash('sha256')
    .update(JSON.stringify([2, facts.qemuVersion, argv]))
    .digest('hex')
    .slice(0, 32);
}
