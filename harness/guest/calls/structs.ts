import type { BootTarget, FileStat } from '../../model/index.ts';

type Layout = Pick<BootTarget, 'bits' | 'endian'>;

const types: Readonly<Record<number, FileStat['type']>> = {
  0o01: 'fifo',
  0o02: 'character',
  0o04: 'directory',
  0o06: 'block',
  0o10: 'file',
  0o12: 'link',
  0o14: 'socket',
};

/** Reads what stat(2) filled in. */
export function decodeStat(bytes: Uint8Array, { endian, stat }: Pick<BootTarget, 'endian' | 'stat'>): FileStat {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const little = endian === 'little';
  const u32 = (offset: number): number => view.getUint32(offset, little);
  const u64 = (offset: number): number => Number(view.getBigUint64(offset, little));
  const mode = u32(stat.mode);
  return {
    mode: mode & 0o7777,
    type: types[mode >> 12] ?? 'file',
    uid: u32(stat.uid),
    gid: u32(stat.gid),
    size: u64(stat.fileSize),
    inode: u64(stat.inode),
    links: stat.links.bytes === 8 ? u64(stat.links.at) : u32(stat.links.at),
  };
}

/** Names out of what getdents64(2) filled in, without `.` and `..`. */
export function decodeNames(bytes: Uint8Array, { endian }: Layout): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const names: string[] = [];
  // d_ino, d_off, d_reclen and d_type stand before the name.
  for (let at = 0; at + 19 < buffer.length; ) {
    const size = endian === 'little' ? buffer.readUInt16LE(at + 16) : buffer.readUInt16BE(at + 16);
    const end = buffer.indexOf(0, at + 19);
    const name = buffer.subarray(at + 19, end < 0 ? buffer.length : end).toString('utf8');
    if (name !== '.' && name !== '..') names.push(name);
    if (size === 0) break;
    at += size;
  }
  return names;
}

/** A CPU mask as the kernel keeps it: an array of longs in the machine's byte order. */
export function encodeCpus(cpus: readonly number[], layout: Layout): Buffer {
  const mask = Buffer.alloc(128);
  for (const cpu of cpus) {
    if (!Number.isInteger(cpu) || cpu < 0 || cpu >= 1024) throw new RangeError(`${cpu} is no CPU number`);
    const index = byteOfCpu(cpu, layout);
    mask[index] = (mask[index] ?? 0) | (1 << (cpu & 7));
  }
  return mask;
}

export function decodeCpus(mask: Uint8Array, layout: Layout): number[] {
  return Array.from({ length: mask.length * 8 }, (_, cpu) => cpu).filter(
    (cpu) => ((mask[byteOfCpu(cpu, layout)] ?? 0) >> (cpu & 7)) & 1,
  );
}

function byteOfCpu(cpu: number, { bits, endian }: Layout): number {
  const bytes = bits / 8;
  const inWord = (cpu % bits) >> 3;
  return Math.floor(cpu / bits) * bytes + (endian === 'little' ? inWord : bytes - 1 - inWord);
}
