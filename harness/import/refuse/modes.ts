import { namesOf } from '../diff/names.ts';
import type { RawFile } from '../diff/raw.ts';
import type { Bytes, Remark, TextLine } from '../text/types.ts';
import { linkTarget } from './path.ts';

/** Symbolic links that patches of the series made so far, and the paths that they hold. */
export type Links = Map<string, Bytes>;

const modeLine = /^(?:(?:new file|deleted file|new|old) mode|index \S+) (\d+)\s*$/;

/** A plain file with any rights but those to run as its owner, a symbolic link, a submodule. */
const usualMode = /^(?:100[0-7]{3}|120000|160000)$/;

/** What is refused of a file for its mode: a submodule, a link that leads out of the tree, what is no file at all. */
export function modeRefusals(file: RawFile, links: Links): Remark[] {
  const { header, hunks } = file;
  const names = namesOf(header);
  const path = names?.new ?? names?.old ?? '';
  const line = header[0]?.number ?? hunks[0]?.header.number ?? 1;
  const through = [...links.keys()].find((link) => path.startsWith(`${link}/`));
  const found: Remark[] =
    through === undefined
      ? []
      : [{ line, text: `a file written through the symbolic link ${through} that the series makes: ${path}` }];
  const modes = header.flatMap((one) => {
    const mode = modeLine.exec(one.text)?.[1];
    return mode === undefined ? [] : [{ mode, number: one.number }];
  });
  for (const { mode, number } of modes) {
    if (mode === '160000')
      found.push({ line: number, text: `a submodule, which names a commit of another repository: ${path}` });
    else if (!usualMode.test(mode))
      found.push({ line: number, text: `the file mode ${mode}, where 100644, 100755 or 120000 is expected: ${path}` });
  }
  const link = modes.find(({ mode }) => mode === '120000');
  return [...found, ...linkRefusals(file, link?.number, links)];
}

function linkRefusals({ header, hunks }: RawFile, mode: number | undefined, links: Links): Remark[] {
  const { old, new: path } = namesOf(header) ?? {};
  const moved = old === undefined ? undefined : links.get(old);
  if (old !== undefined && old !== path && !header.some(({ text }) => text.startsWith('copy from '))) links.delete(old);
  const line = mode ?? header[0]?.number ?? 1;
  if (path === undefined || (mode === undefined && moved === undefined)) return [];
  if (header.some(({ text }) => text.startsWith('GIT binary patch')))
    return [{ line, text: `a symbolic link whose target is in a binary patch: ${path}` }];
  const added = hunks.flatMap(({ body }) => body.filter(({ text }) => text.startsWith('+')));
  // A link that is moved leads elsewhere though nothing in it changes.
  const targets: readonly TextLine[] =
    added.length > 0 || moved === undefined ? added : [{ text: `+${moved}`, number: line }];
  links.set(path, targets.at(-1)?.text.slice(1) ?? '');
  return targets
    .filter(({ text }) => linkTarget(path, text.slice(1)) === undefined)
    .map(({ text, number }) => ({
      line: number,
      text: `a symbolic link that leaves the tree: ${path} -> ${text.slice(1)}`,
    }));
}
