import type { Remark } from '../text/types.ts';
import { namesOf } from './names.ts';
import type { RawFile } from './raw.ts';

/** A patch names each file once. Where one is there again, two patches stand in one text and were not told apart. */
export function tellTwice(files: readonly RawFile[]): Remark[] {
  const seen = new Map<string, { readonly line: number; readonly deleted: boolean }>();
  const remarks: Remark[] = [];
  for (const { header, hunks } of files) {
    const names = namesOf(header);
    const path = names?.new ?? names?.old;
    if (path === undefined || names === undefined) continue;
    const line = (header[0] ?? hunks[0]?.header)?.number ?? 1;
    const before = seen.get(path);
    // A file that becomes a link, or a link a file, goes and comes.
    const replaced = before?.deleted === true && names.old === undefined;
    if (before !== undefined && !replaced) {
      const text = `${path}: the file is in this patch twice, here and in line ${before.line}: these are two patches in one text; give each its own file`;
      remarks.push({ line, text });
    }
    seen.set(path, { line, deleted: names.new === undefined });
  }
  return remarks;
}
