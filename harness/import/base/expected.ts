import { parseDiff } from '../diff/diff.ts';
import { isPlaceholder, namesOf } from '../diff/names.ts';
import type { MailMessage } from '../text/types.ts';

/** A file as a series expects it in its base. */
export interface ExpectedBlob {
  readonly path: string;
  /** Abbreviated; undefined for a file that must not be there. */
  readonly blob?: string;
}

/** The files that a series changes and which blob each was before its first patch, as far as index lines tell. */
export function expectedBlobs(patches: readonly MailMessage[]): ExpectedBlob[] {
  const seen = new Set<string>();
  const out: ExpectedBlob[] = [];
  for (const message of patches) {
    for (const { header } of parseDiff(message.diff, !message.mangled).files) {
      const names = namesOf(header);
      for (const path of new Set([names?.old, names?.new])) {
        if (path === undefined || seen.has(path)) continue;
        seen.add(path);
        const blob = path === names?.old ? names.blobs?.old : undefined;
        if (blob !== undefined && !/^0+$/.test(blob) && !isPlaceholder(blob)) out.push({ path, blob });
        else if (path !== names?.old) out.push({ path });
      }
    }
  }
  return out;
}
