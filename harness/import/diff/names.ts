import { defined } from '../../model/index.ts';
import { isBlank } from '../text/bytes.ts';
import type { Bytes, TextLine } from '../text/types.ts';
import type { RawFile } from './raw.ts';
import { isFence, isHeaderLine } from './structure.ts';

export interface BlobIds {
  readonly old: string;
  readonly new: string;
  /** As git writes it, where the line tells one: `100644`. */
  readonly mode?: string;
}

/** Which file a part of a diff is about. Paths are relative to the tree. */
export interface FileNames {
  /** Undefined for a file that the diff creates. */
  readonly old?: string;
  /** Undefined for a file that it deletes. */
  readonly new?: string;
  /** Blob ids of the `index` line, abbreviated as they are there. */
  readonly blobs?: BlobIds;
}

/** A file of a list in a web page or a diffstat. */
export interface ListedFile {
  readonly path: string;
  readonly created: boolean;
  readonly deleted: boolean;
}

/** What the header lines of a file say of its names; undefined where they name no file. */
export function namesOf(header: readonly TextLine[]): FileNames | undefined {
  const before = known.get(header);
  // A header grows while it is read.
  if (before?.length === header.length) return before.names;
  const names = readNames(header);
  known.set(header, { length: header.length, names });
  return names;
}

/** Everybody who looks at a file asks for its names. */
const known = new WeakMap<readonly TextLine[], { readonly length: number; readonly names: FileNames | undefined }>();

/** What the lines of a header say, each the first time. */
interface Named {
  git?: string;
  merge?: string;
  index?: string | undefined;
  old?: string | undefined;
  new?: string | undefined;
  movedFrom?: string;
  movedTo?: string;
  created?: true;
  deleted?: true;
}

const nameOf = /^(?:---|\+\+\+) ([^\t]+?)(?:\t.*)?\s*$/;

/** How each kind of header line begins, and what it says. */
const said: readonly (readonly [start: string, take: (named: Named, text: Bytes) => void])[] = [
  ['diff --git ', (named, text) => (named.git ??= text.slice(11).trimEnd())],
  ['diff --cc ', (named, text) => (named.merge ??= text.slice(10).trimEnd())],
  ['diff --combined ', (named, text) => (named.merge ??= text.slice(16).trimEnd())],
  ['Index: ', (named, text) => (named.index ??= /^\S+/.exec(text.slice(7))?.[0])],
  ['--- ', (named, text) => (named.old ??= nameOf.exec(text)?.[1])],
  ['+++ ', (named, text) => (named.new ??= nameOf.exec(text)?.[1])],
  ['rename from ', (named, text) => (named.movedFrom ??= text.slice(12))],
  ['copy from ', (named, text) => (named.movedFrom ??= text.slice(10))],
  ['rename to ', (named, text) => (named.movedTo ??= text.slice(10))],
  ['copy to ', (named, text) => (named.movedTo ??= text.slice(8))],
  ['new file mode', (named) => (named.created = true)],
  ['deleted file mode', (named) => (named.deleted = true)],
];

function readNames(header: readonly TextLine[]): FileNames | undefined {
  const named: Named = {};
  for (const { text } of header) {
    for (const [start, take] of said) {
      if (!text.startsWith(start)) continue;
      take(named, text);
      break;
    }
  }
  const blobs = blobsOf(header);
  const names = named.git === undefined ? undefined : splitGit(named.git);
  const found = {
    old: named.movedFrom ?? (named.old === undefined ? undefined : strip(named.old)) ?? names?.[0],
    new: named.movedTo ?? (named.new === undefined ? undefined : strip(named.new)) ?? names?.[1],
  };
  const either = found.new ?? found.old ?? named.merge ?? (named.index === undefined ? undefined : strip(named.index));
  if (either === undefined) return undefined;
  const created = named.old === '/dev/null' || named.created === true;
  const deleted = named.new === '/dev/null' || named.deleted === true;
  return {
    ...(created ? {} : { old: found.old ?? either }),
    ...(deleted ? {} : { new: found.new ?? either }),
    ...defined({ blobs }),
  };
}

export function blobsOf(header: readonly TextLine[]): BlobIds | undefined {
  for (const { text } of header) {
    const [, old, next, mode] = /^index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: ([0-7]{6}))?/.exec(text) ?? [];
    if (old !== undefined && next !== undefined) return { old, new: next, ...defined({ mode }) };
  }
  return undefined;
}

/** Whether an id was made up by a person, `1111111` or `1234567`: it names nothing and proves nothing. */
export function isPlaceholder(id: string): boolean {
  const start = id.slice(0, 7);
  return /^(.)\1+$/.test(start) || '0123456789abcdef0'.includes(start);
}

/** `a/x/y` to `x/y`; undefined for /dev/null. */
function strip(name: string): string | undefined {
  const plain = name.trim().split(/\s/)[0] ?? name;
  if (plain === '/dev/null') return undefined;
  const slash = plain.indexOf('/');
  return slash < 0 ? plain : plain.slice(slash + 1);
}

function splitGit(text: string): [string, string] | undefined {
  const [, from, to] = /^a\/(.+) b\/(.+)$/.exec(text) ?? [];
  if (from !== undefined && to !== undefined) return [from, to];
  // Prefixes of one's own, `old/x new/x`, or git's `i/x w/x`; the same one twice is none.
  const [, left, path, right] = /^([^/\s]+)\/(.+) ([^/\s]+)\/\2$/.exec(text) ?? [];
  return path === undefined || left === right ? undefined : [path, path];
}

/** Whether git finds in the header all that it needs. */
export function isComplete(file: RawFile): boolean {
  const has = (pattern: RegExp): boolean => file.header.some(({ text }) => pattern.test(text));
  return file.hunks.length === 0 || (has(/^--- \S/) && has(/^\+\+\+ \S/));
}

/** Header lines without what a rendering put between them; a binary patch stays as it is. */
export function cleanHeader(header: readonly TextLine[]): Bytes[] {
  if (header.some(({ text }) => text.startsWith('GIT binary patch'))) return header.map(({ text }) => text);
  return (
    header
      .filter(({ text }) => isHeaderLine(text) && !isFence(text) && !isBlank(text))
      // A ruler is 67 signs long; what is left of one says nothing.
      .filter(({ text }) => !/^=+$/.test(text) || text.length === 67)
      .filter(({ text }) => !/^(?:RCS file|retrieving revision)/.test(text))
      .map(({ text }) => text)
  );
}

/** Header lines for a file that lost its own. */
export function makeHeader({ old, new: next, blobs }: FileNames): Bytes[] {
  const from = old ?? next ?? '';
  const to = next ?? from;
  const mode = blobs?.mode ?? '100644';
  const index =
    blobs === undefined
      ? []
      : [`index ${blobs.old}..${blobs.new}${old !== undefined && next !== undefined ? ` ${mode}` : ''}`];
  return [
    `diff --git a/${from} b/${to}`,
    ...(old === undefined ? [`new file mode ${mode}`] : []),
    ...(next === undefined ? [`deleted file mode ${mode}`] : []),
    ...index,
    `--- ${old === undefined ? '/dev/null' : `a/${old}`}`,
    `+++ ${next === undefined ? '/dev/null' : `b/${next}`}`,
  ];
}

const listed =
  /^\s*(?:[MADRC]\d*\s+|[-drwx]{10}\s+)?((?:\.{3}\/)?[\w.+@-]+(?:\/[\w.+@-]+)*)\s*(\[[^\]]*\])?\s*(?:\|\s*(?:\d+|Bin)\b.*|(?:patch|diff|blob|raw|history)(?:\s*\|.*)?|\d+\s*[-+]*|)\s*$/;

/** The files that a page lists above the diff: gitweb's list, a diffstat, `M path`. Each once, in order. */
export function filesOfDiff(lines: readonly TextLine[]): ListedFile[] {
  const files = new Map<string, ListedFile>();
  for (const { text } of lines) {
    const match = listed.exec(text);
    const path = match?.[1];
    // A word alone is a file only where a diffstat or a link stands after it.
    if (path === undefined || (!path.includes('/') && !/\||\[/.test(text))) continue;
    const mark = `${match?.[2] ?? ''} ${/^\s*([AD])\s/.exec(text)?.[1] ?? ''}`;
    if (!files.has(path)) files.set(path, { path, created: /new|A/.test(mark), deleted: /deleted|D/.test(mark) });
  }
  return [...files.values()];
}
