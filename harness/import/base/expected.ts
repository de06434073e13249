import { parseDiff } from '../diff/diff.ts';
import { isPlaceholder, namesOf } from '../diff/names.ts';
import type { Message } from '../text/types.ts';

/** A file as a series expects it in its base. */
export interface ExpectedBlob {
  readonly path: string;
  /** Abbreviated; undefined for a file that must not be there. */
  readonly blob?: string;
}

/** The files that a series changes and which blob each was before its first patch, as far as index lines tell. */
export function expectedBlobs(patches: readonly Message[]): ExpectedBlob[] {
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

/** Something that a series says it stands on. */
export interface Prerequisite {
  readonly kind: 'patch-id' | 'message-id' | 'change-id' | 'series';
  readonly value: string;
  readonly source: string;
}

const forms: readonly (readonly [RegExp, Prerequisite['kind']])[] = [
  [/^prerequisite-patch-id: *([0-9a-f]{7,64})\s*$/i, 'patch-id'],
  [/^prerequisite-message-id: *<?([^<>\s]+)>?\s*$/i, 'message-id'],
  [/^prerequisite-change-id: *(\S+?)(?::v\d+)?\s*$/i, 'change-id'],
  [/^(?:Based-on|Depends-on): *(\S.*?)\s*$/i, 'series'],
];

/** What the cover letter and the patches of a series name as needed first, each once. */
export function prerequisites(messages: readonly Message[]): Prerequisite[] {
  const found = new Map<string, Prerequisite>();
  for (const { source, text, below, diff } of messages) {
    const lines = [...text.split('\n'), ...below.map((line) => line.text)];
    // git writes them after the diff.
    for (const line of diff.length === 0 ? [] : diff.slice(-200)) lines.push(line.text);
    for (const line of lines) {
      for (const [form, kind] of forms) {
        const value = form.exec(line)?.[1];
        if (value !== undefined && !found.has(value)) found.set(value, { kind, value, source });
      }
    }
  }
  return [...found.values()];
}

/** The change id that b4 gives a series for all its revisions. */
export function changeIdOf(messages: readonly Message[]): string | undefined {
  for (const { text, diff } of messages) {
    const own = [...text.split('\n'), ...diff.slice(-50).map((line) => line.text)];
    for (const line of own) {
      const id = /^change-id: *(\S+)\s*$/.exec(line)?.[1];
      if (id !== undefined) return id;
    }
  }
  return undefined;
}
