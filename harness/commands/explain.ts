import { Command } from 'commander';
import { type Code, codes, suggest, UserError } from '../model/index.ts';
import { renderCode, renderCodes } from '../report/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';

/** `quiltboot explain`: the codes that messages and reports carry. */
export function explainCommand(io: Io, done: (status: number) => void): Command {
  return new Command('explain')
    .description('Explain a code of a message or report, or list all of them.')
    .argument('[code]', 'for instance QB-APPLY-REJECT; with or without QB-')
    .addHelpText('after', examplesText(['quiltboot explain', 'quiltboot explain QB-APPLY-REJECT']))
    .action((code: string | undefined) => {
      io.out(code === undefined ? renderCodes() : renderCode(findCode(code)));
      done(0);
    });
}

function findCode(word: string): Code {
  const name = word.toUpperCase().replace(/^(?:QB-)?/, 'QB-');
  const known = Object.keys(codes) as Code[];
  const found = known.find((one) => one === name);
  if (found === undefined) {
    throw new UserError(`there is no code "${word}"`, { code: 'QB-NAME', hint: suggest(name, known) });
  }
  return found;
}
