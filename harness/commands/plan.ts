import { Command, Option } from 'commander';
import { defined } from '../model/index.ts';
import { makePlan, placeOfRuns } from '../pipeline/index.ts';
import { type PlanForm, planForms } from '../report/index.ts';
import type { Io } from './io.ts';
import { option } from './options.ts';
import { positive } from './parsers.ts';
import { examplesText } from './print.ts';
import { chooseFrom, invocationOf, type SelectionOptions, withSelection } from './selection.ts';
import { type GlobalOptions, openSession } from './session.ts';

interface PlanOptions extends SelectionOptions {
  readonly points?: string;
  readonly suite?: readonly string[];
  readonly case?: string;
  readonly out: string;
  readonly machines?: number;
  readonly format: PlanForm;
}

const description = `Cut the matrix of a series into chains for several machines; nothing is built.

A chain is neighbouring points of one target, with the command that runs it, a key over all that decides its results, and
the time that it is expected to take by the last run. "quiltboot merge" joins the runs of all chains; one that is lost is
no pass there.`;

/** `quiltboot plan`: the chains of a matrix, for engines that run them side by side. */
export function planCommand(io: Io, done: (status: number) => void): Command {
  return withSelection(new Command('plan').description(description))
    .addOption(option.points())
    .addOption(option.suite())
    .addOption(option.case())
    .addOption(option.out())
    .addOption(
      new Option('--machines <n>', 'machines that work on it (default: one for each target)').argParser(positive),
    )
    .addOption(new Option('--format <form>', 'how it is printed').choices(Object.keys(planForms)).default('text'))
    .addHelpText(
      'after',
      examplesText([
        'quiltboot plan --machines 4',
        'quiltboot plan mine --machines 8 --format github',
        'quiltboot plan --machines 2 --format make > plan.mk && make -j 2 -f plan.mk',
      ]),
    )
    .action(async (series: string | undefined, options: PlanOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const { project, selection } = await chooseFrom(io, global, series, options);
      const session = openSession(io, global);
      const plan = await makePlan(
        {
          project,
          selection,
          points: options.points ?? project.defaults.points,
          out: await placeOfRuns(io.cwd, options.out, global.project),
          invocation: invocationOf(io, selection, options, global),
          ...defined({ suites: options.suite, case: options.case, machines: options.machines }),
        },
        session.context,
      ).finally(() => session.reporter.end());
      io.out(planForms[options.format](plan));
      done(0);
    });
}
