/** An option that a collection asks for. */
export interface WantedOption {
  /** Without `CONFIG_`. */
  readonly symbol: string;
  /** As in a `.config`; what is asked for as a module is built in. */
  readonly value: string;
  /** It was asked for as a module. */
  readonly module?: true;
}

const assignment = /^\s*CONFIG_(\w+)\s*=\s*(y|m|n|-?\d+|0[xX][\da-fA-F]+|"(?:[^"\\]|\\.)*")\s*(?:#.*)?$/;
const unset = /^#\s*CONFIG_(\w+) is not set\s*$/;

/**
 * Reads the `config` file of a collection, which is looser than a fragment: of an option that stands there twice the last
 * line holds.
 *
 * @returns options, and the lines that say nothing
 */
export function readCollectionConfig(text: string): {
  readonly options: readonly WantedOption[];
  readonly unread: readonly string[];
} {
  const options = new Map<string, WantedOption>();
  const unread: string[] = [];
  for (const line of text.split('\n')) {
    const found = assignment.exec(line) ?? unset.exec(line);
    const [, symbol, value = 'n'] = found ?? [];
    if (symbol !== undefined)
      options.set(symbol, value === 'm' ? { symbol, value: 'y', module: true } : { symbol, value });
    else if (line.trim() !== '' && !line.trim().startsWith('#')) unread.push(line.trim());
  }
  return { options: [...options.values()], unread };
}
