import test from 'ava';
import { machineOptions } from '../../../harness/guest/machine-options.ts';
import { s390x, x86_64 } from '../../../harness/targets/index.ts';

test('a kernel gets the drivers of what its machine has, and nothing for a plain one', (t) => {
  t.deepEqual(machineOptions({}, x86_64), []);
  const disks = [
    { sizeMiB: 1, format: 'ext4' },
    { sizeMiB: 2, format: 'none' },
  ] as const;
  const options = machineOptions({ disks, network: 'user-isolated' }, x86_64);
  for (const option of ['PCI', 'VIRTIO_PCI', 'VIRTIO_BLK', 'EXT4_FS', 'VIRTIO_NET']) {
    t.is(options.filter((one) => one === `CONFIG_${option}=y`).length, 1, option);
  }
  t.false(options.includes('CONFIG_EXT2_FS=y'));
  t.false(machineOptions({ disks }, s390x).includes('CONFIG_PCI=y'));
  t.true(machineOptions({ numa: [{ cpus: [0], memoryMiB: 64 }] }, x86_64).includes('CONFIG_ACPI_NUMA=y'));
});
