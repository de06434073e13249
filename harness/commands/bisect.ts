import path from 'node:path';
import { Command } from 'commander';
import { type PredicateWords, parsePredicate, predicates } from '../bisect/index.ts';
import { type BisectResult, defined, type Target, UserError } from '../model/index.ts';
import { bisect, placeOfRuns, type Selection } from '../pipeline/index.ts';
import { renderBisect } from '../report/index.ts';
import type { Io } from './io.ts';
import { option, withWork } from './options.ts';
import { examplesText } from './print.ts';
import { chooseFrom, invocationOf, type SelectionOptions, withSelection } from './selection.ts';
import { type GlobalOptions, openSession, type WorkOptions } from './session.ts';

/** Options that tell what is bad; `step` has them too. */
export interface PredicateOptions extends PredicateWords, SelectionOptions, WorkOptions {
  readonly suite?: readonly string[];
  readonly repeat?: number;
}

interface BisectOptions extends PredicateOptions {
  readonly points?: string;
  readonly range?: string;
  readonly options?: string;
  readonly against?: string;
  readonly out: string;
  readonly json?: true;
  readonly fixed?: true;
  readonly anyFailure?: true;
  readonly doubt: boolean;
}

const examples = [
  'quiltboot bisect container --target s390x --build',
  'quiltboot bisect container --target x86_64 --case "rmdir of a busy container"',
  'quiltboot bisect mine --boot --repeat 5',
  'quiltboot bisect none --tree linux-6.1=git:../linux#master --range v6.1.90..v6.1.100 --boot',
  'quiltboot bisect mine --boot --fixed',
  'quiltboot bisect container --options debug --log "possible circular locking"',
];

/** Adds the options by which a bad point is told. */
export function withPredicate(command: Command): Command {
  for (const { flag, help } of predicates) command.option(flag, help);
  return command.addOption(option.suite()).addOption(option.repeat());
}

/** The one target that is named, or the project's first. */
export function oneTarget(selection: Selection, options: SelectionOptions): Target {
  const [target, ...more] = options.target === undefined ? selection.targets.slice(0, 1) : selection.targets;
  if (target !== undefined && more.length === 0) return target;
  throw new UserError('a bisection runs on one target', { code: 'QB-USAGE', hint: 'for instance: --target s390x' });
}

/** `quiltboot bisect`: which patch, commit or option is to blame. */
export function bisectCommand(io: Io, done: (status: number) => void): Command {
  const command = withSelection(
    new Command('bisect').description(
      'Find the patch of a series, the commit of a range or the kernel option that makes it fail.',
    ),
  )
    .addOption(option.points())
    .option('--range <good..bad>', 'bisect commits of a tree from git, with the whole series on top of each')
    .option('--options <bad>', 'bisect options: of this configuration, fragment or .config over the tree’s fragments')
    .option('--against <good>', 'with --options: what passes (default: the fragments alone)');
  return withWork(withPredicate(command))
    .option('--fixed', 'find the first point that is good again; the first end is bad then, and the last one good')
    .option(
      '--any-failure',
      'count every failure; else a report of the kernel with another title than at the bad end is skipped',
    )
    .option('--no-doubt', 'name the culprit without verifying that the bad end is good with it reverted')
    .option('--json', 'print the result as JSON')
    .addOption(option.out('.quiltboot/bisect', 'where bisections are stored'))
    .addHelpText('after', examplesText(examples))
    .addHelpText(
      'after',
      '\nA point that fails before the stage under test is skipped; a fault of the machine never counts as bad.\nExit status: 0 nothing is bad (with --fixed: the fix was found); 1 the culprit (or what is left of the suspects) was found; 2 a mistake, or an end\ncan’t be judged; 69 the machine was to blame; 130 interrupted, run the same command again to resume.\n',
    )
    .action(async (series: string | undefined, options: BisectOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const predicate = parsePredicate(options);
      if (options.range !== undefined && options.options !== undefined)
        throw new UserError('--range and --options at once: bisect one after the other', { code: 'QB-USAGE' });
      if (options.range !== undefined && options.points !== undefined)
        throw new UserError('--range bisects commits with the whole series on top, so --points has no meaning', {
          code: 'QB-USAGE',
        });
      if (options.against !== undefined && options.options === undefined)
        throw new UserError('--against needs --options', { code: 'QB-USAGE', hint: 'add --options NAME' });
      if (options.fixed && options.options !== undefined)
        throw new UserError('--fixed looks along patches or commits, and --options has none', { code: 'QB-USAGE' });
      if (options.fixed && predicate.kind === 'warning' && predicate.text === undefined)
        throw new UserError('--fixed needs to know which warning', {
          code: 'QB-USAGE',
          hint: 'for instance --warning unused',
        });
      const { project, selection } = await chooseFrom(io, global, series, options);
      const target = oneTarget(selection, options);
      const session = openSession(io, global, options);
      const result = await bisect(
        {
          project,
          selection,
          target,
          predicate,
          repeat: options.repeat ?? 1,
          doubt: options.doubt,
          ...defined({ fixed: options.fixed, anyFailure: options.anyFailure }),
          out: await placeOfRuns(io.cwd, options.out, global.project),
          invocation: invocationOf(io, selection, options, global),
          ...defined({ points: options.points, range: options.range }),
          ...(options.options === undefined
            ? {}
            : {
                options: { bad: options.options, ...defined({ good: options.against }) },
              }),
          ...defined({ suites: options.suite }),
        },
        session.context,
      ).finally(() => session.reporter.end());
      io.out(options.json ? `${JSON.stringify(result, null, 2)}\n` : renderBisect(result, io.paintOut));
      io.err(`stored in ${path.relative(io.cwd, result.directory) || '.'}\n`);
      done(statusOf(result));
    });
}

function statusOf({ outcome, fixed }: BisectResult): number {
  if (fixed) return outcome.kind === 'found' || outcome.kind === 'one-of' ? 0 : 1;
  return outcome.kind === 'all-good' ? 0 : 1;
}
