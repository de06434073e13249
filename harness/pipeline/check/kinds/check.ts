import { freshFindings } from '../../../checks/index.ts';
import type { CheckFinding, CheckOutcome } from '../../../model/index.ts';
import type { PatchAt } from '../patch-at.ts';

/** One check of a patch: a file of this folder, and its line in index.ts. */
export interface SeriesCheck {
  /** Heads its column. */
  readonly name: string;
  /** What it looks for, for `--help`. */
  readonly help: string;
  readonly run: (at: PatchAt) => Promise<CheckOutcome>;
}

export function ran(findings: readonly CheckFinding[]): CheckOutcome {
  return { kind: 'ran', findings };
}

export function cannot(why: string): CheckOutcome {
  return { kind: 'cannot', why };
}

/** C files that a patch touches and that are there with it. */
export async function sourcesOf(at: PatchAt): Promise<string[]> {
  const files = at.patch.files.filter((file) => /\.[ch]$/.test(file));
  const texts = await Promise.all(files.map((file) => at.read('after', file)));
  return files.filter((_, index) => texts[index] !== undefined);
}

/** What objects of the touched files are warned of with variables of make, and were not before the patch. */
export async function freshWarnings(at: PatchAt, variables: Readonly<Record<string, string>>): Promise<CheckOutcome> {
  const objects = async (when: 'before' | 'after'): Promise<string[]> => {
    const sources = at.patch.files.filter((file) => file.endsWith('.c'));
    const texts = await Promise.all(sources.map((file) => at.read(when, file)));
    return sources.filter((_, index) => texts[index] !== undefined).map((file) => file.replace(/\.c$/, '.o'));
  };
  const [first, ...more] = await objects('after');
  if (first === undefined) return ran([]);
  const [old, ...others] = await objects('before');
  const before = old === undefined ? [] : await at.compile('before', [old, ...others], variables);
  const now = await at.compile('after', [first, ...more], variables);
  if (now === undefined) return cannot(`make ${[first, ...more].join(' ')} fails`);
  if (before === undefined) return cannot(`make ${[old, ...others].join(' ')} fails before the patch`);
  return ran(freshFindings(now, before));
}
