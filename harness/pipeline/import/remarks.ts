import path from 'node:path';
import { exists } from '../../host/files/kind.ts';
import { removePath } from '../../host/files/remove.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { type PlacedRemark, shownRemarks } from '../../model/index.ts';

const kinds = ['repairs', 'notes', 'problems'] as const;

type Remarks = Readonly<Record<(typeof kinds)[number], readonly PlacedRemark[]>>;

/**
 * Writes all remarks of an import beside its queue where they are too many to be shown; gives the file's path.
 *
 * @param directory where they go when no queue was written: what was wrong with the series is all that there is then
 */
export async function keepRemarks(
  queue: string | undefined,
  directory: string,
  remarks: Remarks,
): Promise<string | undefined> {
  const file = path.join(queue ?? directory, 'import-remarks.txt');
  if (kinds.every((kind) => remarks[kind].length <= shownRemarks)) {
    if (queue !== undefined && (await exists(file))) await removePath(file);
    return undefined;
  }
  const place = ({ source, line }: PlacedRemark): string =>
    source === undefined ? '' : `${source}${line === undefined ? '' : `:${line}`}: `;
  const lines = kinds.flatMap((kind) => remarks[kind].map((remark) => `${kind}: ${place(remark)}${remark.text}`));
  await writeFileAtomic(file, `${lines.join('\n')}\n`);
  return file;
}
