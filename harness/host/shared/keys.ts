import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { defined, UserError } from '../../model/index.ts';
import { mustReadText } from '../files/read.ts';
import { userPath } from '../files/user-path.ts';

/** A key, and the name that entries give it: the beginning of its hash, in hex. */
export interface NamedKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** The keys of a file. */
export interface StoreKeys {
  /** The private key that our entries are signed with; absent for those who only read. */
  readonly own?: NamedKey;
  /** Public keys of those whose entries are taken, by their names; our own is among them. */
  readonly trusted: ReadonlyMap<string, KeyObject>;
}

const block = /-----BEGIN (PRIVATE|PUBLIC) KEY-----[\s\S]*?-----END \1 KEY-----/g;

function named(key: KeyObject): NamedKey {
  const der = key.export({ type: 'spki', format: 'der' });
  return { id: createHash('sha256').update(der).digest('hex').slice(0, 16), key };
}

function parseKey(text: string, file: string): { readonly own?: KeyObject; readonly shown: KeyObject } {
  try {
    const own = text.includes('PRIVATE') ? createPrivateKey(text) : undefined;
    const shown = createPublicKey(own ?? text);
    if (shown.asymmetricKeyType === 'ed25519') return { shown, ...defined({ own }) };
  } catch {
    // Said below.
  }
  throw new UserError(`${file} has a key that is not an Ed25519 key`, { location: { file }, code: 'QB-STORE-KEY' });
}

/**
 * Reads the keys of a store: a PEM file with a private key for those who write, and the public keys of everybody else whose
 * entries are taken.
 *
 * @throws UserError for a file that is not there, has no key, or shows a private key to others
 */
export async function readStoreKeys(file: string): Promise<StoreKeys> {
  const hint =
    `entries of a store are signed. Make a key with\n  openssl genpkey -algorithm ed25519 -out ${file} && chmod 600 ${file}\n` +
    'and give it to every machine of yours; who only reads needs its public half (openssl pkey -pubout)';
  const text = await mustReadText(await userPath('file', { path: file, what: 'key file of the store', hint }));
  const keys = [...text.matchAll(block)].map(([one]) => parseKey(one, file));
  if (keys.length === 0) throw new UserError(`${file} has no key`, { location: { file }, code: 'QB-STORE-KEY', hint });
  const own = keys.find((key) => key.own !== undefined);
  if (own !== undefined && ((await stat(file)).mode & 0o077) !== 0) {
    throw new UserError(`${file} has a private key that others may read`, {
      location: { file },
      code: 'QB-STORE-KEY',
      hint: `chmod 600 ${file}`,
    });
  }
  const trusted = new Map(keys.map(({ shown }) => named(shown)).map(({ id, key }) => [id, key]));
  return { trusted, ...(own?.own && { own: { id: named(own.shown).id, key: own.own } }) };
}
