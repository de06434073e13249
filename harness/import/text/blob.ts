import { createHash } from 'node:crypto';

/** The hashes that a repository may have. */
const hashes = ['sha1', 'sha256'] as const;

/** Whether git calls a file of this content by a name that begins with `id` (hex), in either of its hashes. */
export function isBlob(content: Uint8Array, id: string): boolean {
  const head = `blob ${content.length}\0`;
  return hashes.some((hash) => createHash(hash).update(head).update(content).digest('hex').startsWith(id));
}
