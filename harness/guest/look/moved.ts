import type { SymbolTable } from './symbols.ts';

/** A kernel is moved by whole pages; another distance means that the address belongs to another function. */
const page = 0x1000n;

/**
 * How far a kernel lies from where it was linked, in bytes: address space randomisation moves it at boot, and some
 * architectures always do. Undefined where none of the functions explains the address.
 *
 * @param address - of one of `functions`, as found in the running kernel
 */
export function movedBy(address: bigint, functions: readonly string[], symbols: SymbolTable): bigint | undefined {
  for (const name of functions) {
    const [linked, ...more] = symbols.addressesOf(name);
    if (!linked || more.length > 0) continue;
    const distance = address - linked.address;
    if (distance % page === 0n) return distance;
  }
  return undefined;
}

/** The bytes that the monitor's `x /NxB` prints, sixteen pairs of digits or less behind the address of each line. */
export function readDump(text: string): Buffer {
  const pairs = text.split('\n').flatMap((line) => [...(line.split(':')[1] ?? '').matchAll(/\b0x([0-9a-f]{2})\b/g)]);
  return Buffer.from(pairs.map(([, pair]) => pair).join(''), 'hex');
}
