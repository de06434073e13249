import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HostError, UserError } from '../../model/index.ts';
import { mustReadBytes, mustReadText } from '../files/read.ts';
import { withScratch } from '../files/scratch.ts';
import { userPath } from '../files/user-path.ts';
import { runProcess } from '../process.ts';

/** What gpgv found in a clear-signed file. */
export interface SignedText {
  /** Only what the signature covers; text around it is not part of it. */
  readonly text: string;
  /** gpgv's machine-readable lines: who signed is in there. */
  readonly status: string;
}

/** Checks a clear-signed file against a keyring. Throws UserError when the signature is not good. */
export async function verifySignedFile(file: string, keyring: string, signal: AbortSignal): Promise<SignedText> {
  return withScratch({ purpose: 'keys' }, async (scratch) => {
    const keys = await binaryKeyring(keyring, scratch);
    const output = path.join(scratch, 'text');
    const result = await runProcess({
      argv: ['gpgv', '--status-fd', '1', '--keyring', keys, '--output', output, '--', file],
      signal,
    });
    if (result.exitCode !== 0) {
      throw new UserError(`the signature of ${path.basename(file)} is not good`, {
        location: { file },
        hint: `keyring: ${keyring}\n${result.stderr.trim()}`,
      });
    }
    return { text: await mustReadText(output), status: result.stdout };
  });
}

/** gpgv reads binary keyrings only; an armoured one is turned into that. */
async function binaryKeyring(keyring: string, scratch: string): Promise<string> {
  const bytes = await mustReadBytes(await userPath('file', { path: keyring, what: 'keyring' }));
  const blocks = [...bytes.toString('latin1').matchAll(/-----BEGIN PGP PUBLIC KEY BLOCK-----([\s\S]*?)-----END/g)];
  // gpgv takes a name without a slash for one in its own home directory.
  if (blocks.length === 0) return path.resolve(keyring);
  const target = path.join(scratch, 'keys.gpg');
  await writeFile(target, Buffer.concat(blocks.map(([, block]) => decodeArmour(block ?? '', keyring))));
  return target;
}

function decodeArmour(block: string, keyring: string): Buffer {
  const body = block.split(/\r?\n[ \t]*\r?\n/)[1];
  if (body === undefined) throw new HostError(`${keyring} is not a keyring`, { code: 'QB-DOWNLOAD' });
  // The line that begins with = is a check sum of the armour itself.
  return Buffer.from(body.replace(/^=.*$/m, '').replace(/\s/g, ''), 'base64');
}
