/** What a module of the kernel says of itself. */
export interface ModuleInfo {
  /** As the kernel knows it: with `_`. */
  readonly name: string;
  /** Modules that it needs, by their names. */
  readonly depends: readonly string[];
}

const elfMagic = 0x7f454c46;
/** No module has so many sections. */
const mostSections = 100_000;

/** As the kernel writes it: file names have either sign, names of modules `_`. */
export function moduleName(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1);
  return base.replace(/\.ko(?:\.\w+)?$/, '').replaceAll('-', '_');
}

/** The bytes of a section of an ELF file; undefined where it has none of that name. */
function section(data: Buffer, name: string): Buffer | undefined {
  if (data.length < 64 || data.readUInt32BE(0) !== elfMagic) return undefined;
  const wide = data[4] === 2;
  const little = data[5] === 1;
  const read = (at: number, bytes: 2 | 4 | 8): number => {
    if (at < 0 || at + bytes > data.length) return 0;
    if (bytes === 8) return Number(little ? data.readBigUInt64LE(at) : data.readBigUInt64BE(at));
    return little ? data.readUIntLE(at, bytes) : data.readUIntBE(at, bytes);
  };
  const word = wide ? 8 : 4;
  const table = read(wide ? 40 : 32, word);
  const size = read(wide ? 58 : 46, 2);
  const count = Math.min(read(wide ? 60 : 48, 2), mostSections);
  const names = read(wide ? 62 : 50, 2);
  const header = (index: number): { readonly name: number; readonly from: number; readonly length: number } => {
    const at = table + index * size;
    return { name: read(at, 4), from: read(at + (wide ? 24 : 16), word), length: read(at + (wide ? 32 : 20), word) };
  };
  const strings = header(names);
  for (let index = 0; index < count; index += 1) {
    const { name: offset, from, length } = header(index);
    const text = data.subarray(strings.from + offset, strings.from + offset + name.length + 1).toString('latin1');
    if (text === `${name}\0`) return data.subarray(from, from + length);
  }
  return undefined;
}

/** Reads what a module needs; undefined for a file that is no module. */
export function moduleInfo(file: string, bytes: Uint8Array): ModuleInfo | undefined {
  const own = section(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), '.modinfo');
  if (own === undefined) return undefined;
  const depends = own
    .toString('latin1')
    .split('\0')
    .filter((entry) => entry.startsWith('depends='))
    .flatMap((entry) => entry.slice('depends='.length).split(','))
    .filter(Boolean);
  return { name: moduleName(file), depends: depends.map((one) => moduleName(one)) };
}

/**
 * Modules in an order in which they can be loaded: each after those that it needs. Names that are not known stand where
 * they are asked for, so whoever loads them says so.
 */
export function loadOrder(wanted: readonly string[], needs: (name: string) => readonly string[]): string[] {
  const order = new Set<string>();
  const visit = (name: string, above: readonly string[]): void => {
    if (order.has(name) || above.includes(name)) return;
    for (const one of needs(name)) visit(one, [...above, name]);
    order.add(name);
  };
  for (const name of wanted) visit(name, []);
  return [...order];
}
