import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

/** A new key pair of a store, as PEM. */
export function storeKeyPair(): { readonly secret: string; readonly shown: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    shown: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Writes a file of keys that its owner alone may read; resolves with its name. */
export async function keyFile(file: string, ...pems: readonly string[]): Promise<string> {
  await writeFile(file, pems.join(''), { mode: 0o600 });
  return file;
}
