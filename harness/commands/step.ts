import path from 'node:path';
import { Command } from 'commander';
import { needsOf, parsePredicate } from '../bisect/index.ts';
import { defined, HostError, UserError } from '../model/index.ts';
import { step } from '../pipeline/index.ts';
import { oneTarget, type PredicateOptions, withPredicate } from './bisect.ts';
import type { Io } from './io.ts';
import { withWork } from './options.ts';
import { examplesText } from './print.ts';
import { chooseFrom, withSelection } from './selection.ts';
import { type GlobalOptions, openSession } from './session.ts';

/** What `git bisect run` makes of an exit status: anything else up to 127 is bad, anything above ends the bisection. */
const status = { good: 0, bad: 1, skip: 125, abort: 128 } as const;

interface StepOptions extends PredicateOptions {
  readonly tree?: string;
  readonly dir: string;
}

const examples = [
  'quiltboot step mine --tree stable --dir ../linux --case "the device answers"',
  'git bisect start v6.1.100 v6.1.90 && git bisect run quiltboot step --project ../quiltboot.yaml --tree linux-6.1 --boot',
  'git bisect run quiltboot step --tree linux-6.1 --target s390x --build',
];

/** `quiltboot step`: one step of `git bisect run`. */
export function stepCommand(io: Io, done: (status: number) => void): Command {
  const command = withSelection(
    new Command('step').description(
      'Judge a kernel work tree for git bisect run: build it with the project’s fragments, boot it, test it.',
    ),
    'series of the project file to put on top',
    'none',
  ).option('--dir <path>', 'the work tree', '.');
  return withWork(withPredicate(command))
    .addHelpText('after', examplesText(examples))
    .addHelpText(
      'after',
      '\nExit status, for git: 0 good; 1 bad; 125 it can’t be judged (it does not build, or the machine failed it);\n128 and above end the bisection: a mistake in the command, no compiler, an interruption.\n',
    )
    .action(async (series: string, options: StepOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const predicate = parsePredicate(options);
      if (needsOf(predicate).goodEnd)
        throw new UserError('--warning needs a pattern here: a single step has no good end to compare with', {
          code: 'QB-USAGE',
          hint: 'for instance: --warning "defined but not used"',
        });
      const directory = path.resolve(io.cwd, options.dir);
      const { project, selection } = await chooseFrom(io, global, series, options);
      const session = openSession(io, global, options);
      const seen = await step(
        {
          project,
          selection,
          target: oneTarget(selection, options),
          predicate,
          repeat: options.repeat ?? 1,
          directory,
          ...defined({ suites: options.suite }),
        },
        session.context,
      )
        .catch((error: unknown) => {
          if (!(error instanceof HostError) || !error.retryable) throw error;
          return { sign: 'host', cause: { summary: error.message, excerpt: [] }, retryable: true } as const;
        })
        .finally(() => session.reporter.end());
      const { summary, excerpt } = seen.sign === 'host' ? seen.cause : seen;
      if (seen.sign === 'host' && !seen.retryable) throw new HostError(summary, { hint: excerpt.join('\n') });
      const sign = seen.sign === 'host' ? 'skip' : seen.sign;
      io.out([`${sign}: ${summary}`, ...excerpt.map((line) => `  | ${line}`), ''].join('\n'));
      done(status[sign]);
    });
}

/**
 * The exit status of a program that failed: a mistake or a fault in a step must end git's bisection, where git would
 * take it for a bad commit.
 */
export function failureStatus(words: readonly string[], failed: number): number {
  const command = words.findIndex(
    (word, index) => !word.startsWith('-') && !['--project', '--cache'].includes(words[index - 1] ?? ''),
  );
  return words[command] === 'step' && failed > 0 && failed < status.abort ? status.abort : failed;
}
