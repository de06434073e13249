import path from 'node:path';
import { nearestTitle } from '../../bisect/index.ts';
import { UserError } from '../../model/index.ts';

/**
 * The mistake of a part of a name that no case has: nothing would be tested, which is no pass.
 *
 * @param titles names of the cases that there are
 * @param suites their files
 */
export function nothingMatches(match: string, titles: readonly string[], suites: readonly string[]): UserError {
  const guess = nearestTitle(match, titles);
  const names = `suites: ${suites.map((file) => path.basename(file)).join(', ') || '(none)'}; --suite takes others`;
  return new UserError(`no case has "${match}" in its name`, {
    code: 'QB-SELECTION',
    hint: [...(guess === undefined ? [] : [`did you mean "${guess}"?`]), names].join('\n'),
  });
}
