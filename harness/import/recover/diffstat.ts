import { counted } from '../text/bytes.ts';
import type { Remark, TextLine } from '../text/types.ts';
import type { NamedFile } from './name-files.ts';

const summary = /^\s*(\d+) files? changed/;
const entry = /^\s*(\S.*?)\s+\|\s+(?:\d+\b.*|Bin\b.*|Unmerged\b.*)$/;

/** Named one by one; more are counted. */
const named = 10;

/**
 * Compares the files of a diff with those that its diffstat lists: a mail that was cut between two files, or lost an
 * attachment, shows it nowhere else.
 *
 * @param mangled a page may list other things in that form, so that only its sum counts
 */
export function checkDiffstat(
  below: readonly TextLine[],
  files: readonly NamedFile[],
  mangled: boolean,
): Remark | undefined {
  const at = below.findLastIndex(({ text }) => summary.test(text));
  if (at < 0 && mangled) return undefined;
  const end = at < 0 ? below.findLastIndex(({ text }) => entry.test(text)) + 1 : at;
  const listed = listAbove(below, end);
  const told = at < 0 ? listed.length : Number(summary.exec(below[at]?.text ?? '')?.[1]);
  const line = (below[at] ?? below[end - 1])?.number;
  if (line === undefined || told <= files.length) return undefined;
  const paths = files.flatMap(({ names }) => [names.old ?? [], names.new ?? []].flat());
  const missing = listed.filter((one) => !paths.some((path) => isSame(one, path)));
  const shown = missing.slice(0, named).join(', ');
  const more = missing.length > named ? ` and ${missing.length - named} more` : '';
  const which = missing.length === 0 ? '' : `; not in the diff: ${shown}${more}`;
  return { line, text: `the diffstat lists ${counted(told, 'file')}, the diff has ${files.length}${which}` };
}

/** The entries right above a line. */
function listAbove(lines: readonly TextLine[], end: number): string[] {
  const out: string[] = [];
  for (let at = end - 1; at >= 0; at--) {
    const name = entry.exec(lines[at]?.text ?? '')?.[1];
    if (name === undefined) break;
    out.unshift(name);
  }
  return out;
}

/** Whether an entry means a path: it may be shortened at its front, name a rename, or begin with the name of a tree. */
function isSame(listed: string, path: string): boolean {
  return renamed(listed).some((name) => {
    const end = name.replace(/^\.{3}\/?/, '');
    return path === end || path.endsWith(name === end ? `/${end}` : end) || end.endsWith(`/${path}`);
  });
}

/** `net/{a => b}/x.c` and `a.c => b.c` as both names. */
function renamed(text: string): string[] {
  const [, before = '', old = '', next = '', after = ''] = /^(.*)\{(.*) => (.*)\}(.*)$/.exec(text) ?? [];
  if (old !== '' || next !== '') return [old, next].map((part) => `${before}${part}${after}`.replace('//', '/'));
  return text.split(' => ');
}
