import type { CheckFinding } from '../model/index.ts';
import { linesAdded } from './patch-lines.ts';

interface Entry {
  readonly symbol: string;
  readonly line: number;
  prompt: boolean;
  help: boolean;
}

/** The entries of a Kconfig file, with whether a user is asked for them and whether that is explained. */
function entriesOf(text: string): Entry[] {
  const entries: Entry[] = [];
  let indent: number | undefined;
  text.split('\n').forEach((line, index) => {
    // A help text ends where the indentation does.
    const depth = line.replaceAll('\t', '        ').search(/\S/);
    if (indent !== undefined && depth >= 0) {
      if (indent === -1) indent = depth;
      if (depth >= indent && indent > 0) return;
      indent = undefined;
    }
    const symbol = /^\s*(?:menu)?config\s+(\w+)/.exec(line)?.[1];
    if (symbol !== undefined) entries.push({ symbol, line: index + 1, prompt: false, help: false });
    const last = entries.at(-1);
    if (last === undefined || symbol !== undefined) return;
    if (/^\s*(?:(?:def_)?(?:bool|tristate)|string|int|hex|prompt)\s+["']/.test(line)) last.prompt = true;
    if (/^\s*(?:---)?help(?:---)?\s*$/.test(line)) {
      last.help = true;
      indent = -1;
    }
  });
  return entries;
}

/** Options that a patch adds, asks for and does not explain. @param texts Kconfig files as they are with the patch, by path */
export function checkKconfigHelp(diff: string, texts: ReadonlyMap<string, string>): CheckFinding[] {
  const added = new Set(linesAdded(diff).map(({ file, line }) => `${file}\0${line}`));
  return [...texts].flatMap(([file, text]) =>
    entriesOf(text)
      .filter(({ line, prompt, help }) => prompt && !help && added.has(`${file}\0${line}`))
      .map(
        ({ symbol, line }): CheckFinding => ({
          file,
          line,
          text: `the option ${symbol} has no help`,
          severity: 'warning',
        }),
      ),
  );
}
