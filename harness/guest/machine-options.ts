import type { BootTarget, MachineDisk, MachineParts } from '../model/index.ts';

const disk = ['CONFIG_BLOCK=y', 'CONFIG_BLK_DEV=y', 'CONFIG_VIRTIO_BLK=y'];

const fileSystems: Readonly<Record<MachineDisk['format'], readonly string[]>> = {
  none: [],
  ext2: ['CONFIG_EXT2_FS=y'],
  // It selects the second one, which the fragments turn off.
  ext4: ['CONFIG_EXT4_FS=y', 'CONFIG_CRYPTO=y'],
};

const network = [
  ...['CONFIG_NET=y', 'CONFIG_UNIX=y', 'CONFIG_PACKET=y', 'CONFIG_INET=y'],
  ...['CONFIG_NETDEVICES=y', 'CONFIG_NET_CORE=y', 'CONFIG_VIRTIO_NET=y'],
];

/** Options that a kernel needs to see what its machine has, each once. */
export function machineOptions(parts: MachineParts, { qemu }: Pick<BootTarget, 'qemu'>): string[] {
  const { disks = [], numa } = parts;
  const virtio = disks.length > 0 || parts.network !== undefined;
  return [
    ...new Set([
      ...(virtio ? ['CONFIG_VIRTIO_MENU=y', ...qemu.virtio.options] : []),
      ...(disks.length > 0 ? disk : []),
      ...disks.flatMap(({ format }) => fileSystems[format]),
      ...(parts.network === undefined ? [] : network),
      ...(numa === undefined ? [] : (qemu.numa ?? [])),
    ]),
  ];
}
