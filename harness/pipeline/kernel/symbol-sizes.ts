import { readText } from '../../host/files/read.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { runProcess } from '../../host/process.ts';
import { parseSymbolSizes, readSymbolSizes, symbolChanges, symbolTotals, writeSymbolSizes } from '../../make/index.ts';
import { HostError, type Sizes, type SymbolChanges } from '../../model/index.ts';
import type { BuildRoom } from './room.ts';

/** Name of the file with the sizes of a kernel's symbols. */
export const symbolSizesName = 'symbol-sizes';
/** Most time that nm(1) may take, in milliseconds. */
const nmMs = 60_000;

/** Keeps the sizes of a kernel's symbols, which `nm` lists, and resolves with their sums; undefined when it can't tell. It reads them where the build ran. */
export async function keepSymbolSizes(
  room: BuildRoom,
  nm: string,
  file: string,
  signal: AbortSignal,
): Promise<Sizes | undefined> {
  const argv = await room.wrap([nm, '-S', `${room.places.directory}/vmlinux`]);
  const result = await runProcess({ argv, timeoutMs: nmMs, signal }).catch((error: unknown) => {
    if (error instanceof HostError) return undefined;
    throw error;
  });
  const sizes = result?.exitCode === 0 ? readSymbolSizes(result.stdout) : new Map<string, never>();
  if (sizes.size === 0) return undefined;
  await writeFileAtomic(file, writeSymbolSizes(sizes));
  return symbolTotals(sizes);
}

/** How two builds differ by their symbols; undefined where one of both is not known. */
export async function changedSymbols(
  before: string | undefined,
  now: string | undefined,
): Promise<SymbolChanges | undefined> {
  if (before === undefined || now === undefined) return undefined;
  const [was, is] = await Promise.all([readText(before), readText(now)]);
  if (was === undefined || is === undefined) return undefined;
  return symbolChanges(parseSymbolSizes(was), parseSymbolSizes(is));
}
