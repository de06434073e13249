import path from 'node:path';
import { hashValues } from '../../../host/files/hash.ts';
import { readText } from '../../../host/files/read.ts';
import { UserError } from '../../../model/index.ts';

/** Relative modules that a source names. One too many (in a comment) does no harm. */
export function relativeImports(source: string): string[] {
  const found = source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g);
  return [...found].map((match) => match[1] ?? '');
}

/** Places where TypeScript looks for a relative import. */
function candidates(from: string, specifier: string): string[] {
  const base = path.resolve(path.dirname(from), specifier);
  return [base, base.replace(/\.([cm]?)js$/, '.$1ts'), `${base}.ts`, path.join(base, 'index.ts')];
}

/** The text of files, and of everything that they import from beside them, by absolute path; what is not there is left out. */
export async function moduleTexts(files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const visit = async (file: string): Promise<void> => {
    if (texts.has(file)) return;
    const text = await readText(file);
    if (text === undefined) return;
    texts.set(file, text);
    for (const specifier of relativeImports(text)) {
      for (const candidate of candidates(file, specifier)) await visit(candidate);
    }
  };
  for (const file of files) await visit(path.resolve(file));
  return texts;
}

/**
 * Hash of suite files and of everything that they import from beside them, in hex: equal hashes, equal cases.
 * Where the files lie plays no part. Throws {@link UserError} for a suite file that is not there.
 */
export async function moduleHash(files: readonly string[]): Promise<string> {
  const texts = await moduleTexts(files);
  for (const file of files) {
    if (!texts.has(path.resolve(file))) throw new UserError(`suite ${file} cannot be read`, { code: 'QB-PATH' });
  }
  const names = files.map((file) => path.basename(file));
  return hashValues(names, [...texts.values()].sort());
}
