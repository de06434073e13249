import path from 'node:path';
import { nearestTitle } from '../../bisect/index.ts';
import { mustReadText } from '../../host/files/read.ts';
import { UserError } from '../../model/index.ts';
import { runnerOf } from './runner/index.ts';

/** The mistake of a part of a name that no case has: nothing would be tested, which is no pass. */
export async function nothingMatches(match: string, suites: readonly string[]): Promise<UserError> {
  const titles = await Promise.all(suites.map(async (file) => runnerOf(file).titles(await mustReadText(file))));
  const guess = nearestTitle(match, titles.flat());
  const names = `suites: ${suites.map((file) => path.basename(file)).join(', ') || '(none)'}; --suite takes others`;
  return new UserError(`no case has "${match}" in its name`, {
    code: 'QB-SELECTION',
    hint: [...(guess === undefined ? [] : [`did you mean "${guess}"?`]), names].join('\n'),
  });
}
