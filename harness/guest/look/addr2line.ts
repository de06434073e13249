import type { StackFrame } from '../../model/index.ts';

/** Arguments of addr2line for some addresses: inline frames, function names, and the address above each answer. */
export function addr2lineArguments(vmlinux: string, addresses: readonly bigint[]): string[] {
  return ['-e', vmlinux, '-a', '-f', '-i', ...addresses.map((address) => `0x${address.toString(16)}`)];
}

export interface CodePlace {
  readonly function: string;
  /** `kernel/fork.c:120`. */
  readonly place: string;
}

/**
 * Reads what addr2line prints: for each address its source places, innermost first. Addresses without a place (no debug
 * information, assembly) are missing.
 */
export function readAddr2line(output: string): ReadonlyMap<bigint, readonly CodePlace[]> {
  const found = new Map<bigint, CodePlace[]>();
  let places: CodePlace[] = [];
  let name: string | undefined;
  for (const line of output.split('\n')) {
    if (/^0x[0-9a-f]+$/.test(line)) {
      places = [];
      found.set(BigInt(line), places);
      name = undefined;
    } else if (name === undefined) {
      if (line !== '') name = line;
    } else {
      const match = /^(.*):(\d+)(?: \(discriminator \d+\))?$/.exec(line);
      if (match?.[1] && match[1] !== '??' && match[2] !== '0')
        places.push({ function: name, place: `${inTree(match[1])}:${match[2] ?? ''}` });
      name = undefined;
    }
  }
  for (const [address, each] of found) if (each.length === 0) found.delete(address);
  return found;
}

/** Directories at the top of a kernel tree. */
const top =
  /^(?:arch|block|certs|crypto|drivers|fs|include|init|io_uring|ipc|kernel|lib|mm|net|rust|samples|security|sound|usr|virt)\//;

/** A path relative to the tree; the tree's own place (and that of the build) says nothing to a reader. */
function inTree(file: string): string {
  const plain = file.replace(/\/\.\//g, '/').replace(/[^/]+\/\.\.\//g, '');
  const parts = plain.split('/');
  for (let from = 0; from < parts.length; from += 1) {
    const rest = parts.slice(from).join('/');
    // `kernel/` is a directory at the top and one below `arch/x86/`: the longest path that begins at the top counts.
    if (top.test(rest)) return rest;
  }
  return plain;
}

/** Adds its source places to a frame. */
export function placeFrame(frame: StackFrame, places: readonly CodePlace[]): StackFrame {
  const outermost = places.at(-1);
  if (!outermost) return frame;
  const inlined = places.slice(0, -1);
  return { ...frame, place: outermost.place, ...(inlined.length > 0 && { inlined }) };
}
