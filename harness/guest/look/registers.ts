import type { SymbolTable } from './symbols.ts';

/** Program counters out of what QEMU's `info registers -a` prints, by the number of the CPU; `pattern` is the target's. */
export function programCounters(registers: string, pattern: RegExp): ReadonlyMap<number, bigint> {
  const found = new Map<number, bigint>();
  let cpu = 0;
  for (const line of registers.split('\n')) {
    const head = /^CPU#(\d+)/.exec(line);
    if (head?.[1]) cpu = Number(head[1]);
    const match = pattern.exec(line);
    if (match) found.set(cpu, BigInt(`0x${match[1] ?? '0'}`));
  }
  return found;
}

/**
 * `CPU 0 in provoke_hang+0x5; CPU 1 in default_idle+0x5 (4 of 6), schedule+0x1c`: where samples lie, the most frequent
 * first. `moved` is how far the kernel lies from where it was linked, in bytes.
 */
export function describeSamples(
  samples: readonly ReadonlyMap<number, bigint>[],
  symbols: SymbolTable | undefined,
  moved = 0n,
): string {
  const cpus = [...new Set(samples.flatMap((sample) => [...sample.keys()]))].sort((a, b) => a - b);
  return cpus
    .map((cpu) => {
      const counts = new Map<string, number>();
      for (const sample of samples) {
        const address = sample.get(cpu);
        if (address === undefined) continue;
        const place = symbols?.find(address - moved) ?? `0x${address.toString(16)}`;
        counts.set(place, (counts.get(place) ?? 0) + 1);
      }
      const places = [...counts]
        .sort(([, a], [, b]) => b - a)
        .slice(0, 3)
        .map(([place, count]) => (count === samples.length ? place : `${place} (${count} of ${samples.length})`));
      return `CPU ${cpu} in ${places.join(', ')}`;
    })
    .join('; ');
}
