import { Command, Option } from 'commander';
import { defined } from '../model/index.ts';
import { checkNames, checkSeries } from '../pipeline/index.ts';
import { checkVerdict, renderCheck } from '../report/index.ts';
import { oneTarget } from './bisect.ts';
import type { Io } from './io.ts';
import { option } from './options.ts';
import { list } from './parsers.ts';
import { examplesText } from './print.ts';
import { chooseFrom, type SelectionOptions, withSelection } from './selection.ts';
import { type GlobalOptions, openSession, type WorkOptions } from './session.ts';

interface CheckOptions extends SelectionOptions, WorkOptions {
  readonly points?: string;
  readonly only?: readonly string[];
  readonly json?: true;
}

const statuses = { pass: 0, warn: 0, untested: 1, fail: 1 } as const;

/** `quiltboot check`: what a reviewer looks for in each patch. */
export function checkCommand(io: Io, done: (status: number) => void): Command {
  const names = checkNames();
  const width = Math.max(...names.map(([name]) => name.length));
  const command = new Command('check').description(
    'Check each patch of a series as a reviewer does: only what it brings counts.',
  );
  return withSelection(command)
    .addOption(option.points())
    .addOption(new Option('--only <checks>', `with commas: ${names.map(([name]) => name).join(', ')}`).argParser(list))
    .addOption(new Option('--json', 'print the result as JSON'))
    .addOption(option.jobs())
    .addHelpText(
      'after',
      `
Checks:
${names.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`).join('\n')}

A finding that the point before has too does not count; they are compared by content, never by line. A check that cannot
run says why and is no pass. Exit status: 0 nothing, or warnings alone; 1 an error, or something could not run.
${examplesText([
  'quiltboot check container',
  'quiltboot check mine --only sign-off,checkpatch',
  'quiltboot check mine --tree next=git:../linux#master --points 3..5',
])}`,
    )
    .action(async (series: string | undefined, options: CheckOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const { selection } = await chooseFrom(io, global, series, options);
      const target = oneTarget(selection, options);
      const session = openSession(io, global, options);
      const request = { selection, target, points: options.points ?? 'all', ...defined({ only: options.only }) };
      const report = await checkSeries(request, session.context).finally(() => session.reporter.end());
      io.out(options.json ? `${JSON.stringify(report, null, 2)}\n` : renderCheck(report, io.paintOut));
      done(statuses[checkVerdict(report)]);
    });
}
