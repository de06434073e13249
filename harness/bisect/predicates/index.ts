import { defined, type Predicate, UserError } from '../../model/index.ts';
import { bootPredicate } from './boot.ts';
import { buildPredicate } from './build.ts';
import { oneCase } from './case.ts';
import { log } from './log.ts';
import type { Needs, PredicateKind } from './predicate.ts';
import { warningPredicate } from './warning.ts';

/** Every way to tell a bad point, in the order of `--help`. */
export const predicates: readonly PredicateKind[] = [buildPredicate, bootPredicate, oneCase, log, warningPredicate];

/** What a command line says of the predicate, by the names of the options. */
export type PredicateWords = Readonly<Record<string, unknown>>;

/** `--case <text>` is the predicate `case`. */
function nameOf({ flag }: PredicateKind): string {
  return /^--([a-z-]+)/.exec(flag)?.[1] ?? flag;
}

/** Throws UserError for a name that the table does not have. */
export function predicateKind({ kind }: Pick<Predicate, 'kind'>, table = predicates): PredicateKind {
  const found = table.find((one) => nameOf(one) === kind);
  if (found) return found;
  throw new UserError(`there is no predicate "${kind}"`, { hint: `there are: ${table.map(nameOf).join(', ')}` });
}

/** The one predicate that the words give. Throws UserError for none, several, or an argument that can't be used. */
export function parsePredicate(words: PredicateWords, table = predicates): Predicate {
  const found = table.flatMap((one): Predicate[] => {
    const word = words[nameOf(one).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    if (word === undefined) return [];
    const text = typeof word === 'string' ? (one.parse?.(word) ?? word) : undefined;
    return [{ kind: nameOf(one), ...defined({ text }) }];
  });
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  const width = Math.max(...table.map(({ flag }) => flag.length));
  throw new UserError(
    only === undefined
      ? `choose what to bisect for: ${table
          .map((one) => `--${nameOf(one)}`)
          .join(', ')
          .replace(/, ([^,]*)$/, ' or $1')}`
      : `${found.map(({ kind }) => `--${kind}`).join(' and ')} at once: a bisection looks for one thing`,
    { hint: table.map(({ flag, help }) => `${flag.padEnd(width)}  ${help}`).join('\n') },
  );
}

/** The last stage that has to run before a predicate can be decided. */
export function lastStageOf(predicate: Predicate, withSuites: boolean): 'build' | 'boot' | 'test' {
  return predicateKind(predicate).lastStage(withSuites);
}

/** A predicate as a reader would say it. */
export function describePredicate(predicate: Predicate): string {
  return predicateKind(predicate).describe(predicate.text);
}

/** What has to be at hand before a predicate can be decided. */
export function needsOf(predicate: Predicate): Needs {
  return predicateKind(predicate).needs?.(predicate.text) ?? {};
}
