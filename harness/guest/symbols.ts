/** Finds the function that an address lies in. */
export interface SymbolTable {
  /** `schedule+0x1c`, or undefined outside of the kernel's text. */
  find(address: bigint): string | undefined;
}

/** Reads a System.map. Only text symbols count; lines that are none are left out. */
export function readSystemMap(text: string): SymbolTable {
  const symbols: { readonly address: bigint; readonly name: string }[] = [];
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]+) [TtWw] (\S+)$/.exec(line);
    if (match?.[1] && match[2]) symbols.push({ address: BigInt(`0x${match[1]}`), name: match[2] });
  }
  symbols.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  return {
    find(address) {
      let low = 0;
      let high = symbols.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((symbols[middle]?.address ?? 0n) <= address) low = middle + 1;
        else high = middle;
      }
      const symbol = symbols[low - 1];
      // Behind the last symbol everything would look like a part of it.
      if (!symbol || address - symbol.address > 0x40000n) return undefined;
      return `${symbol.name}+0x${(address - symbol.address).toString(16)}`;
    },
  };
}

/** Program counters out of what QEMU's `info registers` prints, one for each CPU. */
export function programCounters(registers: string): bigint[] {
  return [...registers.matchAll(/\b(?:RIP|EIP)=([0-9a-f]+)|\baddr ([0-9a-f]+)/g)].map((match) =>
    BigInt(`0x${match[1] ?? match[2] ?? '0'}`),
  );
}

/** `default_idle+0x5 (4 of 5), schedule+0x1c (1 of 5)`: where the samples lie, the most frequent first. */
export function describeSamples(samples: readonly bigint[], symbols: SymbolTable | undefined): string {
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const place = symbols?.find(sample) ?? `0x${sample.toString(16)}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([place, count]) => `${place} (${count} of ${samples.length})`)
    .join(', ');
}
