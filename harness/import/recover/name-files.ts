import { defined } from '../../model/index.ts';
import {
  blobsOf,
  cleanHeader,
  type FileNames,
  filesOfDiff,
  isComplete,
  type ListedFile,
  makeHeader,
  namesOf,
} from '../diff/names.ts';
import type { RawFile, RawHunk } from '../diff/raw.ts';
import type { Bytes, Remark, TextLine } from '../text/types.ts';
import { alignHunk, keyFile } from './align.ts';
import type { PatchedTree } from './patched.ts';

/** A file of a diff with its names known, and header lines that git understands. */
export interface NamedFile {
  readonly names: FileNames;
  readonly header: readonly Bytes[];
  readonly hunks: readonly RawHunk[];
  /** The old file stays. */
  readonly copied: boolean;
}

/**
 * Gives every part of a diff its file. Parts without header lines get them from the list of files above the diff: by the
 * order where both have the same number, else, with a tree, by the one file in which all of the part's hunks fit.
 */
export async function nameFiles(
  raw: readonly RawFile[],
  above: readonly TextLine[],
  tree: PatchedTree | undefined,
): Promise<{ readonly files: readonly NamedFile[]; readonly problems: readonly Remark[] }> {
  const files: NamedFile[] = [];
  const problems: Remark[] = [];
  const parts = raw.flatMap(splitByOrder);
  const taken = new Set(
    parts.flatMap((part) => {
      const names = namesOf(part.header);
      return [names?.old, names?.new];
    }),
  );
  const listed = filesOfDiff(above).filter(({ path }) => !taken.has(path));
  const unnamed = parts.filter((part) => part.hunks.length > 0 && namesOf(part.header) === undefined);
  for (const part of parts) {
    const names = namesOf(part.header);
    if (names !== undefined) {
      files.push({
        names,
        header: isComplete(part) ? cleanHeader(part.header) : makeHeader(names),
        hunks: part.hunks,
        copied: part.header.some(({ text }) => text.startsWith('copy from ')),
      });
      continue;
    }
    if (part.hunks.length === 0) continue;
    const file =
      unnamed.length === listed.length ? listed[unnamed.indexOf(part)] : await findByContent(part, listed, tree);
    const line = part.hunks[0]?.header.number ?? 1;
    if (file === undefined || file.path.startsWith('.../')) {
      const text = `it is unclear which file the hunks from here on belong to: the diff has ${unnamed.length} without name, the list above it ${listed.length}`;
      problems.push({ line, text });
      continue;
    }
    const found = namesFromList(file, part);
    files.push({ names: found, header: makeHeader(found), hunks: part.hunks, copied: false });
  }
  return { files, problems };
}

/** Hunks of one file come in ascending order: where they don't, a header between two files was lost. */
function splitByOrder(file: RawFile): RawFile[] {
  const out: { header: readonly TextLine[]; hunks: RawHunk[] }[] = [];
  let end = 0;
  for (const hunk of file.hunks) {
    const last = out.at(-1);
    if (last === undefined) out.push({ header: file.header, hunks: [hunk] });
    else if (hunk.old.start < end) out.push({ header: [], hunks: [hunk] });
    else last.hunks.push(hunk);
    end = hunk.old.start + hunk.old.count;
  }
  return out.length === 0 ? [file] : out;
}

function namesFromList({ path, created, deleted }: ListedFile, part: RawFile): FileNames {
  const blobs = blobsOf(part.header);
  const none = (id: string | undefined): boolean => id !== undefined && /^0+$/.test(id);
  const isNew = created || none(blobs?.old);
  const gone = deleted || none(blobs?.new);
  return {
    ...(isNew ? {} : { old: path }),
    ...(gone ? {} : { new: path }),
    ...defined({ blobs }),
  };
}

async function findByContent(
  part: RawFile,
  listed: readonly ListedFile[],
  tree: PatchedTree | undefined,
): Promise<ListedFile | undefined> {
  const fitting: ListedFile[] = [];
  for (const file of listed) {
    const lines = await tree?.lines(file.path);
    if (lines === undefined) continue;
    const keyed = keyFile(file.path, lines);
    if (part.hunks.every((hunk) => 'ok' in alignHunk(hunk, keyed, 0))) fitting.push(file);
  }
  return fitting.length === 1 ? fitting[0] : undefined;
}
