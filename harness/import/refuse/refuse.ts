import type { PlacedRemark } from '../../model/index.ts';
import { namesOf } from '../diff/names.ts';
import { type ParsedPatch, parsePatch } from '../diff/parsed.ts';
import type { RawFile } from '../diff/raw.ts';
import type { MailMessage, Remark, TextLine } from '../text/types.ts';
import { findEdScript } from './ed.ts';
import { type Links, modeRefusals } from './modes.ts';
import { refusedPath } from './path.ts';

/** No mail with a patch is longer, in bytes. */
const longestMail = 64 * 2 ** 20;
/** No line of a patch is longer, in bytes. */
const longestLine = 2 ** 20;

/**
 * What no patch may hold, whatever the tree: each place by name. A series with one of these is not written at all.
 * Patches come from anybody, and what they name is made on the machine of whoever builds them. Patches are given in their
 * order, for one may lead another one astray.
 */
export function refusals(): (patch: ParsedPatch) => PlacedRemark[] {
  const links: Links = new Map();
  return (patch) =>
    refusalsOf(patch, links).map(({ line, text }) => ({
      source: patch.message.source,
      line,
      text: `refused: ${text}`,
    }));
}

/** The refusals of a whole series. */
export function findRefusals(patches: readonly MailMessage[]): PlacedRemark[] {
  const refuse = refusals();
  return patches.flatMap((message) => refuse(parsePatch(message)));
}

function refusalsOf({ message, diff, raw }: ParsedPatch, links: Links): Remark[] {
  const found = [...lengthRefusals(message, diff), ...nulRefusals(message, diff)];
  if (found.length > 0) return found;
  for (const file of raw.files) found.push(...headerRefusals(file), ...modeRefusals(file, links));
  found.push(...raw.refusals);
  const ed = findEdScript(message, raw.rest);
  if (ed !== undefined) found.push(ed);
  return found;
}

function lengthRefusals({ line, text }: MailMessage, diff: readonly TextLine[]): Remark[] {
  let size = text.length;
  for (const one of diff) {
    if (one.text.length > longestLine)
      return [{ line: one.number, text: `a line of ${one.text.length} bytes; ${longestLine} are allowed` }];
    size += one.text.length + 1;
  }
  return size > longestMail ? [{ line, text: `a mail of ${size} bytes; ${longestMail} are allowed` }] : [];
}

function nulRefusals({ line, text, below, subject }: MailMessage, diff: readonly TextLine[]): Remark[] {
  const hasNul = (one: TextLine): boolean => one.text.includes('\0');
  const nul = below.find(hasNul) ?? diff.find(hasNul);
  if (nul !== undefined)
    return [{ line: nul.number, text: 'a NUL byte in the patch: text after it is hidden from some readers' }];
  return text.includes('\0') || subject.title.includes('\0') ? [{ line, text: 'a NUL byte in the description' }] : [];
}

const pathLine = /^(---|\+\+\+|rename from|rename to|copy from|copy to|Index:) (.*)$/;

function headerRefusals({ header, hunks }: RawFile): Remark[] {
  const found: Remark[] = [];
  const end = header.findIndex(({ text }) => text.startsWith('GIT binary patch'));
  const lines = end < 0 ? header : header.slice(0, end);
  for (const { text, number } of [...lines, ...hunks.map((hunk) => hunk.header)]) {
    if (/\r/.test(text))
      found.push({
        line: number,
        text: 'a CR in a header line of the diff, which not every reader takes for a part of the name',
      });
  }
  for (const { text, number } of lines) {
    for (const path of pathsOf(text.replace(/\r/g, ''))) {
      if (isPlain(path)) continue;
      const why = refusedPath(path);
      if (why !== undefined) found.push({ line: number, text: `${why}: ${path}` });
    }
  }
  const nowhere = lines.filter(({ text }) => /^(?:---|\+\+\+) \/dev\/null\s*$/.test(text));
  if (nowhere.length > 1)
    found.push({ line: nowhere[1]?.number ?? 1, text: 'both names of a file are /dev/null: the diff names no file' });
  const git = lines.find(({ text }) => /^diff --git a\/[^"]+ b\/[^"]+$/.test(text));
  const differs = git !== undefined && namesDiffer(git, lines);
  const empty = hunks.find(({ header: { text } }) => /^@@ -\d+,0 \+\d+,0 @@/.test(text));
  if (empty)
    found.push({ line: empty.header.number, text: 'a hunk without lines, which git takes for a damaged patch' });
  if (differs) found.push({ line: git.number, text: `two header lines of one file name different files: ${git.text}` });
  return found.length === 0 ? found : unique(found);
}

/** Whether the first line of a header names another file than the lines below it. */
function namesDiffer(git: TextLine, lines: readonly TextLine[]): boolean {
  const [, from, to] = /^diff --git a\/(\S+) b\/(\S+)$/.exec(git.text) ?? [];
  if (from !== undefined) {
    const names = namesOf(lines.filter((line) => line !== git));
    return names !== undefined && ((names.old ?? from) !== from || (names.new ?? to) !== to);
  }
  // A name holds spaces: only the names themselves tell what parts the two.
  const named = (mark: string): string | undefined =>
    lines.flatMap(({ text }) => new RegExp(`^${mark} [ab]/([^\\t]+?)(?:\\t.*)?\\s*$`).exec(text)?.[1] ?? [])[0];
  const [old, next] = [named('---'), named(String.raw`\+\+\+`)];
  const one = old ?? next;
  return one !== undefined && git.text.trimEnd() !== `diff --git a/${one} b/${next ?? one}`;
}

/** The paths that a header line names, without the prefix of a side. */
function pathsOf(text: string): string[] {
  const git = /^diff --git (.*)$/.exec(text)?.[1];
  if (git !== undefined) {
    if (git.includes('"')) return ['"'];
    // Where a name holds spaces the prefixes part the two; else both are looked at as one.
    const [, old = git, next = git] = /^(\S+) (\S+)$/.exec(git) ?? /^(a\/.+) (b\/.+)$/.exec(git) ?? [];
    return [strip(old), strip(next)];
  }
  const [, mark, value = ''] = pathLine.exec(text) ?? [];
  if (mark === undefined) return [];
  const path = (value.split('\t')[0] ?? '').trim();
  if (path === '/dev/null' || path === '') return [];
  // Old tools write the whole path of the old tree, of which -p1 takes the first part, and a date with spaces after it.
  return /^(?:rename|copy)/.test(mark) ? [path] : [strip(path.split(/\s/)[0] ?? path), strip(path)];
}

function strip(path: string): string {
  if (path === '/dev/null') return 'dev-null';
  if (path.startsWith('/') || path.startsWith('"') || path.startsWith('..')) return path;
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(slash + 1);
}

const plainPath = /^[\w+@-][\w.+@-]*(?:\/[\w+@-][\w.+@-]*)*$/;

/** Whether nothing can be wrong with a path: the case of all but a few. */
function isPlain(path: string): boolean {
  return plainPath.test(path) && !/(?:^|\/)git~/i.test(path);
}

function unique(remarks: readonly Remark[]): Remark[] {
  const seen = new Set<string>();
  return remarks.filter(({ text }) => !seen.has(text) && seen.add(text));
}
