import type { Remark, TextLine } from '../text/types.ts';
import { indentOf } from './indent.ts';
import type { NamedFile } from './name-files.ts';

/** Files that the kernel indents with tabs. */
const tabbed = /(?:\.[chS]|(?:^|\/)(?:Makefile|Kbuild|Kconfig)[^/]*)$/;

/** Less than this a tab never is, the marker of a line counted in. */
const narrow = 7;

/**
 * Says that a diff lost its tabs, where its own context shows it: not one line has a tab, and the lines of code that stood
 * in the tree before are all indented as deep as tabs are. Only the tree can tell which spaces were tabs.
 */
export function tellLostTabs(files: readonly NamedFile[]): Remark | undefined {
  const bodies = files.flatMap(({ hunks }) => hunks.flatMap(({ body }) => body));
  if (bodies.some(({ text }) => text.includes('\t'))) return undefined;
  const code = files.filter(({ names }) => names.new !== undefined && tabbed.test(names.old ?? ''));
  const indented = code.flatMap(({ hunks }) => hunks.flatMap(({ body }) => body.filter(isIndented)));
  const [first] = indented;
  if (first === undefined || indented.some(({ text }) => depthOf(text) < narrow)) return undefined;
  return {
    line: first.number,
    text: 'the tabs are lost: every line of code that stood in the tree is indented with spaces, as deep as tabs are; give the tree (--tree), which puts them back',
  };
}

/** A line that was there before, and is more than the continuation of a comment or a label. */
function isIndented({ text }: TextLine): boolean {
  return /^[ -] {2,}[^\s*]/.test(text);
}

function depthOf(text: string): number {
  return indentOf(text.slice(1)).length;
}
