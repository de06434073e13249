import { hashFile } from '../../host/files/hash.ts';
import { exists } from '../../host/files/kind.ts';

/** Names and contents of fragments, to tell two sets of them apart. One that is missing is not found out here. */
export async function fragmentHashes(files: readonly string[]): Promise<string[]> {
  return Promise.all(files.map(async (file) => `${file} ${(await exists(file)) ? await hashFile(file) : ''}`));
}
