import path from 'node:path';
import { readText } from '../../host/files/read.ts';
import { addedOptions } from '../../kconfig/index.ts';
import type { Patch, Series } from '../../model/index.ts';

/** Options that patches behind a point bring, and the first patch that does. */
export async function optionsAfter(
  { patches }: Pick<Series, 'patches'>,
  point: number,
): Promise<ReadonlyMap<string, Patch>> {
  const found = new Map<string, Patch>();
  for (const patch of patches) {
    if (patch.index <= point || !patch.files.some((file) => path.basename(file).startsWith('Kconfig'))) continue;
    for (const symbol of addedOptions((await readText(patch.path)) ?? ''))
      if (!found.has(symbol)) found.set(symbol, patch);
  }
  return found;
}
