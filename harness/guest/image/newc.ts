/** One thing in an initramfs. Permission bits only in `mode`; everything belongs to root. */
export type ArchiveEntry =
  | { readonly type: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly type: 'file'; readonly path: string; readonly data: Uint8Array; readonly mode?: number }
  | { readonly type: 'link'; readonly path: string; readonly target: string }
  | {
      readonly type: 'character' | 'block';
      readonly path: string;
      readonly major: number;
      readonly minor: number;
      readonly mode?: number;
    };

const typeBits = { directory: 0o040000, file: 0o100000, link: 0o120000, character: 0o020000, block: 0o060000 } as const;
const defaultModes = { directory: 0o755, file: 0o644, link: 0o777, character: 0o600, block: 0o600 } as const;

/**
 * A cpio archive in the "newc" form that the kernel unpacks as its first root. Equal entries give equal bytes in
 * whatever order they come: sorted by path, numbered in that order, with no time. Directories that lead to an entry are
 * added. Paths have no leading slash.
 *
 * @throws RangeError for a path that occurs twice, is absolute, or has `..` in it
 */
export function writeNewc(entries: readonly ArchiveEntry[]): Buffer {
  const all = new Map<string, ArchiveEntry>();
  for (const entry of entries) {
    checkPath(entry.path);
    if (all.has(entry.path)) throw new RangeError(`the archive has two entries for ${entry.path}`);
    all.set(entry.path, entry);
  }
  for (const { path } of entries) {
    for (const parent of parentsOf(path)) if (!all.has(parent)) all.set(parent, { type: 'directory', path: parent });
  }
  const sorted = [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const parts = sorted.flatMap((entry, index) => record(entry, index + 1));
  parts.push(...header('TRAILER!!!', { inode: 0, mode: 0, links: 1, size: 0, major: 0, minor: 0 }));
  return padTo(Buffer.concat(parts), 512);
}

function checkPath(path: string): void {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new RangeError(`"${path}" is no path inside an archive`);
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function record(entry: ArchiveEntry, inode: number): Buffer[] {
  const data =
    entry.type === 'file' ? Buffer.from(entry.data) : Buffer.from(entry.type === 'link' ? entry.target : '', 'utf8');
  const mode =
    typeBits[entry.type] | (entry.type === 'link' ? defaultModes.link : (entry.mode ?? defaultModes[entry.type]));
  const isDevice = entry.type === 'character' || entry.type === 'block';
  return [
    ...header(entry.path, {
      inode,
      mode,
      links: entry.type === 'directory' ? 2 : 1,
      size: data.length,
      major: isDevice ? entry.major : 0,
      minor: isDevice ? entry.minor : 0,
    }),
    padTo(data, 4),
  ];
}

interface Header {
  readonly inode: number;
  readonly mode: number;
  readonly links: number;
  readonly size: number;
  readonly major: number;
  readonly minor: number;
}

function header(name: string, { inode, mode, links, size, major, minor }: Header): Buffer[] {
  const bytes = Buffer.from(`${name}\0`, 'utf8');
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, major, minor, bytes.length, 0];
  const text = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return [padTo(Buffer.concat([Buffer.from(text, 'latin1'), bytes]), 4)];
}

function padTo(data: Buffer, unit: number): Buffer {
  const rest = data.length % unit;
  return rest === 0 ? data : Buffer.concat([data, Buffer.alloc(unit - rest)]);
}
