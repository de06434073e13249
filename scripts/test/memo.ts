import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Which checks have passed on exactly the files that are here. */
export interface Memo {
  passed(check: string): boolean;
  keep(check: string): void;
}

const nothing: Memo = { passed: () => false, keep: () => undefined };

/** A name for the content of everything that git knows or would take; undefined outside of a repository. */
function contentKey(root: string): string | undefined {
  const hash = createHash('sha256').update(process.version);
  try {
    const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', words, { cwd: root, maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] });
    for (const file of files.toString('utf8').split('\0').filter(Boolean).sort()) {
      const whole = path.join(root, file);
      hash.update(`${file}\0`).update(existsSync(whole) ? readFileSync(whole) : 'gone');
    }
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/**
 * Remembers in node_modules which checks passed, for the last content alone: what is here now has not changed since, so they
 * would pass again. A clean clone remembers nothing.
 */
export function openMemo(root: string): Memo {
  const key = contentKey(root);
  if (key === undefined) return nothing;
  const directory = path.join(root, 'node_modules', '.cache', 'quiltboot-checks');
  const own = path.join(directory, key);
  const at = (check: string): string => path.join(own, check.replaceAll(/[^a-z]+/g, '-'));
  return {
    passed: (check) => existsSync(at(check)),
    keep(check) {
      if (!existsSync(own)) rmSync(directory, { recursive: true, force: true });
      mkdirSync(own, { recursive: true });
      writeFileSync(at(check), '');
    },
  };
}
