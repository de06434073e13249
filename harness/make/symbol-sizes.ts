import type { Sizes, SymbolChange, SymbolChanges } from '../model/index.ts';

/** Bytes of what a kernel calls by one name: a function, a variable. */
interface SymbolSize {
  readonly part: keyof Omit<Sizes, 'by'>;
  readonly bytes: number;
}

/** By name; static functions and variables of one name count together. */
export type SymbolSizes = ReadonlyMap<string, SymbolSize>;

/** Symbols that are named; more would be no list. */
const mostNamed = 10;
/** A hostile build may have any number of symbols, and of any length. */
const mostSymbols = 1_000_000;
const longestName = 200;

const parts: Readonly<Record<string, SymbolSize['part']>> = {
  ...{ t: 'text', T: 'text', w: 'text', W: 'text' },
  ...{ d: 'data', D: 'data', r: 'data', R: 'data', v: 'data', V: 'data', g: 'data', G: 'data', s: 'data', S: 'data' },
  ...{ b: 'bss', B: 'bss' },
};
/** What differs from build to build and stands for nothing that somebody wrote. */
const noise =
  /^(?:__mod_|__se_(?:compat_)?sys|__addressable_|__crc_|__kstrtab|__ksymtab|__UNIQUE_ID_|linux_banner$|vermagic$)/;

/** Reads what `nm -S` prints: address, size, kind and name; symbols without a size are none of ours. */
export function readSymbolSizes(text: string): SymbolSizes {
  const found = new Map<string, SymbolSize>();
  for (const line of text.split('\n')) {
    const match = /^[0-9a-f]+ ([0-9a-f]{1,16}) ([A-Za-z]) (\S+)$/.exec(line);
    const [, size = '', kind = '', name = ''] = match ?? [];
    const part = parts[kind];
    if (part === undefined || noise.test(name)) continue;
    // The compiler numbers what it clones and what is static in functions.
    const own = name.slice(0, longestName).replace(/\.\d+(?=\.|$)/g, '');
    const bytes = Number.parseInt(size, 16) + (found.get(own)?.bytes ?? 0);
    if (found.size < mostSymbols || found.has(own)) found.set(own, { part: found.get(own)?.part ?? part, bytes });
  }
  return found;
}

/** Bytes of code, data and zeroed data in all: without what the linker fills in between. */
export function symbolTotals(sizes: SymbolSizes): Sizes {
  const total = { text: 0, data: 0, bss: 0 };
  for (const { part, bytes } of sizes.values()) total[part] += bytes;
  return { ...total, by: 'symbols' };
}

/** One line for each symbol, sorted: equal kernels give equal texts. */
export function writeSymbolSizes(sizes: SymbolSizes): string {
  return [...sizes]
    .map(([name, { part, bytes }]) => `${name} ${part} ${bytes}\n`)
    .sort()
    .join('');
}

/** Reads what {@link writeSymbolSizes} wrote. */
export function parseSymbolSizes(text: string): SymbolSizes {
  return new Map(
    text.split('\n').flatMap((line): [string, SymbolSize][] => {
      const [, name, part, bytes] = /^(\S+) (text|data|bss) (\d+)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, { part: part as SymbolSize['part'], bytes: Number(bytes) }]];
    }),
  );
}

/** What one kernel has more, less, larger and smaller than another, and the ten largest differences by name. */
export function symbolChanges(before: SymbolSizes, now: SymbolSizes): SymbolChanges {
  const all: SymbolChange[] = [];
  for (const name of new Set([...before.keys(), ...now.keys()])) {
    const [was, is] = [before.get(name)?.bytes ?? null, now.get(name)?.bytes ?? null];
    if (was !== is) all.push({ name, before: was, now: is });
  }
  const difference = (one: SymbolChange): number => (one.now ?? 0) - (one.before ?? 0);
  const count = (is: (one: SymbolChange) => boolean): SymbolChanges['added'] => {
    const chosen = all.filter(is);
    return { symbols: chosen.length, bytes: chosen.reduce((sum, one) => sum + difference(one), 0) };
  };
  const both = (one: SymbolChange): boolean => one.before !== null && one.now !== null;
  return {
    added: count((one) => one.before === null),
    removed: count((one) => one.now === null),
    grown: count((one) => both(one) && difference(one) > 0),
    shrunk: count((one) => both(one) && difference(one) < 0),
    largest: all
      .sort((one, other) => Math.abs(difference(other)) - Math.abs(difference(one)) || (one.name < other.name ? -1 : 1))
      .slice(0, mostNamed),
  };
}
