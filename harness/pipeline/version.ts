import path from 'node:path';
import { readJson } from '../host/files/read.ts';

/** The version in quiltboot's own package.json. */
export async function ownVersion(): Promise<string> {
  const own = await readJson(path.resolve(import.meta.dirname, '..', '..', 'package.json'));
  return (own as { readonly version: string }).version;
}
