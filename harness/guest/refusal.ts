/** What QEMU says of a kernel image that it cannot make out, in the words of its loaders of every architecture. */
const ofKernel =
  /\b(?:kernel too old\b|could not load kernel\b|failed to load kernel\b|invalid kernel (?:header|_?file_?size)|error (?:while )?(?:loading|fetching) (?:elf |uncompressed )?kernel\b|kernel does not fit\b|unable to decompress gzipped kernel\b)/i;

/** A part of a machine that QEMU does not take, at its option (`qemu-system-s390x: -device nvme: …`). */
const ofOption = /^\S*qemu-system-\S+: -/m;

/** Why QEMU ended before the guest began: for the kernel image, or an option; undefined for the machine's own reasons. */
export function whyRefused(stderr: string): { readonly what: 'kernel' | 'option'; readonly said: string } | undefined {
  const lines = stderr.split('\n');
  const kernel = lines.find((line) => ofKernel.test(line));
  if (kernel !== undefined) return { what: 'kernel', said: kernel.trim() };
  return ofOption.test(stderr) ? { what: 'option', said: lines[0] ?? '' } : undefined;
}
