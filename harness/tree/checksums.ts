/** Sums by file name, from the lines of a list as `sha256sum` writes it. Other lines are left out. */
export function parseChecksums(text: string): Map<string, string> {
  const sums = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, sum, name] = /^([0-9a-f]{64})[ \t]+\*?(?:\.\/)?(\S+)\s*$/i.exec(line) ?? [];
    if (sum !== undefined && name !== undefined) sums.set(name, sum.toLowerCase());
  }
  return sums;
}

/** Fingerprints (of the signing key and of its primary key) of good signatures in `gpgv --status-fd` output. */
export function validSigners(status: string): string[] {
  return status.split('\n').flatMap((line) => {
    const words = line.split(' ');
    if (words[0] !== '[GNUPG:]' || words[1] !== 'VALIDSIG') return [];
    return [words[2], words.at(-1)].filter((word): word is string => /^[0-9A-F]{40,64}$/.test(word ?? ''));
  });
}

/** Whether a fingerprint, written with or without blanks, is one of those. */
export function isTrusted(signers: readonly string[], fingerprints: readonly string[]): boolean {
  const plain = (text: string): string => text.replace(/[\s:]|^0x/g, '').toUpperCase();
  return fingerprints.some((fingerprint) => signers.map(plain).includes(plain(fingerprint)));
}
