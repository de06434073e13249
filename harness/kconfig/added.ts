/** Options that a diff brings: those that its Kconfig files define and did not before. */
export function addedOptions(diff: string): string[] {
  const brought = new Set<string>();
  const gone = new Set<string>();
  let isKconfig = false;
  for (const line of diff.split('\n')) {
    const file = /^\+\+\+ (?:[^/\s]+\/)?(\S+)/.exec(line)?.[1];
    if (file !== undefined) isKconfig = /(?:^|\/)Kconfig[^/]*$/.test(file);
    const [, sign, symbol] = /^([+-])\s*(?:menu)?config\s+(\w+)\s*$/.exec(line) ?? [];
    if (isKconfig && symbol !== undefined) (sign === '+' ? brought : gone).add(symbol);
  }
  return [...brought].filter((symbol) => !gone.has(symbol));
}
