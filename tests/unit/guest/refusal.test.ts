import test from 'ava';
import { whyRefused } from '../../../harness/guest/refusal.ts';

test('a kernel that QEMU cannot load is told from what the machine lacks', (t) => {
  for (const said of [
    'qemu: linux kernel too old to load a ram disk',
    "qemu-system-riscv64: could not load kernel '/k/Image'",
    "qemu: could not load kernel '/k/bzImage': invalid",
    'qemu: invalid kernel header',
    'Error while loading elf kernel',
    'qemu-system-aarch64: kernel does not fit in address space',
    'Image: unable to decompress gzipped kernel file',
  ]) {
    t.deepEqual(whyRefused(`warning: TCG is slow\n${said}\n`), { what: 'kernel', said });
  }
  for (const said of [
    "qemu: could not open kernel file '/k/bzImage': Permission denied",
    'qemu-system-x86_64: failed to initialize kvm: Permission denied',
    'qemu-system-x86_64: cannot set up guest memory: Cannot allocate memory',
    '',
  ]) {
    t.is(whyRefused(said), undefined, said);
  }
});

test('an option that QEMU does not take is told with its line', (t) => {
  const said = "qemu-system-s390x: -device nvme: 'nvme' is not a valid device model name";
  t.deepEqual(whyRefused(said), { what: 'option', said });
});
