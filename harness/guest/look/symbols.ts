import type { StackFrame } from '../../model/index.ts';

/** Functions of a kernel and where they lie. */
export interface SymbolTable {
  /** `schedule+0x1c`, or undefined outside of the kernel's text. */
  find(address: bigint): string | undefined;
  /** Where functions of a name begin: several where static functions share it. */
  addressesOf(name: string): readonly { readonly address: bigint; readonly size: number }[];
  /** Where a variable (`__log_buf`) lies; undefined when there is none or more than one. `size` counts up to the next. */
  variable(name: string): { readonly address: bigint; readonly size: number } | undefined;
}

interface Symbol {
  readonly address: bigint;
  readonly name: string;
}

/** Reads a System.map. Only text symbols count as places; lines that are none are left out. */
export function readSystemMap(text: string): SymbolTable {
  const functions: Symbol[] = [];
  const variables: Symbol[] = [];
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]+) ([A-Za-z]) (\S+)$/.exec(line);
    if (!match?.[1] || !match[2] || !match[3]) continue;
    const address = BigInt(`0x${match[1]}`);
    if (/[TtWw]/.test(match[2])) functions.push({ address, name: match[3] });
    else variables.push({ address, name: match[3] });
  }
  const byAddress = (a: Symbol, b: Symbol): number => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0);
  functions.sort(byAddress);
  variables.sort(byAddress);
  const sized = (symbols: readonly Symbol[], name: string): { readonly address: bigint; readonly size: number }[] =>
    symbols.flatMap((symbol, index) => {
      if (symbol.name !== name) return [];
      const next = symbols.slice(index + 1).find(({ address }) => address > symbol.address);
      return [{ address: symbol.address, size: next ? Number(next.address - symbol.address) : 0 }];
    });
  return {
    find(address) {
      let low = 0;
      let high = functions.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((functions[middle]?.address ?? 0n) <= address) low = middle + 1;
        else high = middle;
      }
      const symbol = functions[low - 1];
      // Behind the last symbol everything would look like a part of it.
      if (!symbol || address - symbol.address > 0x40000n) return undefined;
      return `${symbol.name}+0x${(address - symbol.address).toString(16)}`;
    },
    addressesOf: (name) => sized(functions, name),
    variable(name) {
      const [only, ...more] = sized(variables, name);
      return more.length === 0 ? only : undefined;
    },
  };
}

/**
 * The address of a place on a stack, as addr2line wants it: of the call and not of the instruction after it, which may
 * belong to another line. Undefined when several functions have that name and none, or more than one, has that size.
 */
export function addressOfFrame(frame: StackFrame, symbols: SymbolTable): bigint | undefined {
  const all = symbols.addressesOf(frame.function);
  const fitting = all.length === 1 ? all : all.filter(({ size }) => size === frame.size);
  const [only, ...more] = fitting;
  if (!only || more.length > 0) return undefined;
  return only.address + BigInt(frame.offset) - (frame.instruction ? 0n : 1n);
}
