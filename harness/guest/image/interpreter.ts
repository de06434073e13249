/** Bytes of a file that are looked at. */
const head = 4096;
const elfMagic = 0x7f454c46;
/** Program header that names the dynamic linker. */
const interpreterType = 3;

/** The program that the first line of a script asks for. */
function ofScript(data: Buffer): string | undefined {
  const [line = ''] = data.subarray(2, 300).toString('latin1').split('\n', 1);
  return line.trim().split(/[ \t]/, 1)[0] || undefined;
}

/** The dynamic linker of an ELF file; undefined for a static one. */
function ofElf(data: Buffer): string | undefined {
  const wide = data[4] === 2;
  const little = data[5] === 1;
  const read = (at: number, bytes: 2 | 4 | 8): number => {
    if (at + bytes > data.length) return 0;
    if (bytes === 8) return Number(little ? data.readBigUInt64LE(at) : data.readBigUInt64BE(at));
    return little ? data.readUIntLE(at, bytes) : data.readUIntBE(at, bytes);
  };
  const table = read(wide ? 32 : 28, wide ? 8 : 4);
  const size = read(wide ? 54 : 42, 2);
  const count = Math.min(read(wide ? 56 : 44, 2), 64);
  for (let index = 0; index < count; index += 1) {
    const at = table + index * size;
    if (read(at, 4) !== interpreterType) continue;
    const from = read(at + (wide ? 8 : 4), wide ? 8 : 4);
    const length = read(at + (wide ? 32 : 16), wide ? 8 : 4);
    return data.toString('latin1', from, Math.min(from + length, from + head)).replace(/\0.*$/, '');
  }
  return undefined;
}

/**
 * The path of the program that a kernel starts to run a file: the shell of a script, the dynamic linker of a program.
 * Undefined where it needs none, or where the file is neither.
 */
export function interpreterOf(bytes: Uint8Array): string | undefined {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.length > 2 && data[0] === 35 && data[1] === 33) return ofScript(data);
  return data.length > 64 && data.readUInt32BE(0) === elfMagic ? ofElf(data) : undefined;
}
