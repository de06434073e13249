import { type Predicate, UserError } from '../model/index.ts';

/** What a command line says of the predicate. */
export interface PredicateWords {
  readonly build?: true | undefined;
  readonly boot?: true | undefined;
  readonly case?: string | undefined;
  readonly log?: string | undefined;
  readonly warning?: string | true | undefined;
}

const forms = `say what is bad:
--build            it does not build
--boot             it does not boot, or reports something while it boots
--case TEXT        a case whose name contains TEXT fails
--log REGEX        a line of the kernel log matches
--warning [REGEX]  the compiler warns: of what matches, or of anything that the good end does not warn of`;

/** The one predicate that the words give. Throws UserError for none, several, or a bad regular expression. */
export function parsePredicate(words: PredicateWords): Predicate {
  const found: Predicate[] = [];
  if (words.build) found.push({ kind: 'build' });
  if (words.boot) found.push({ kind: 'boot' });
  if (words.case !== undefined) found.push({ kind: 'case', text: words.case });
  if (words.log !== undefined) found.push({ kind: 'log', pattern: checked('--log', words.log) });
  if (words.warning === true) found.push({ kind: 'warning' });
  else if (words.warning !== undefined) found.push({ kind: 'warning', pattern: checked('--warning', words.warning) });
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  throw new UserError(
    only === undefined
      ? 'choose what to bisect for: --build, --boot, --case, --log or --warning'
      : `${found.map(({ kind }) => `--${kind}`).join(' and ')} at once: a bisection looks for one thing`,
    { hint: forms },
  );
}

function checked(option: string, pattern: string): string {
  try {
    new RegExp(pattern);
    return pattern;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error);
    throw new UserError(`${option} ${pattern}: not a regular expression: ${why}`, {
      hint: 'a plain text needs a backslash in front of each of ( ) [ ] { } . * + ? ^ $ | \\',
    });
  }
}

/** The last stage that has to run before a predicate can be decided. */
export function lastStageOf(predicate: Predicate, withSuites: boolean): 'build' | 'boot' | 'test' {
  if (predicate.kind === 'build' || predicate.kind === 'warning') return 'build';
  if (predicate.kind === 'case') return 'test';
  return predicate.kind === 'log' && withSuites ? 'test' : 'boot';
}

/** A predicate as a reader would say it. */
export function describePredicate(predicate: Predicate): string {
  switch (predicate.kind) {
    case 'build':
      return 'bad: it does not build';
    case 'boot':
      return 'bad: it does not boot';
    case 'case':
      return `bad: a case fails whose name contains "${predicate.text}"`;
    case 'log':
      return `bad: a line of the kernel log matches /${predicate.pattern}/`;
    case 'warning':
      return predicate.pattern === undefined
        ? 'bad: the build has a warning that the good end does not have'
        : `bad: a warning of the build matches /${predicate.pattern}/`;
  }
}
