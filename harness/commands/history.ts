import path from 'node:path';
import { Command, Option } from 'commander';
import { columnParts, defined } from '../model/index.ts';
import { hostTarget, placeOfRuns, readHistory, writePage } from '../pipeline/index.ts';
import { renderHistory, renderHistoryPage, visible } from '../report/index.ts';
import type { Io } from './io.ts';
import { positive } from './parsers.ts';
import { examplesText } from './print.ts';
import type { GlobalOptions } from './session.ts';

interface HistoryOptions {
  readonly runs: string;
  readonly case?: string;
  readonly patch?: string;
  readonly target?: string;
  readonly series?: string;
  readonly tree?: string;
  readonly last: number;
  readonly all?: true;
  readonly html?: string;
}

/** The name of a column as runs have it, by any name of its target. */
function columnOf(name: string): string {
  const { target, toolchain } = columnParts(name);
  const own = hostTarget(target).name;
  return toolchain === undefined ? own : `${own}/${toolchain}`;
}

/** `quiltboot history`: what the stored runs say together. */
export function historyCommand(io: Io, done: (status: number) => void): Command {
  const place = path.join('.quiltboot', 'runs');
  return new Command('history')
    .description(
      'Show from the stored runs when each patch and case passed last, how long it takes, how often it is flaky.',
    )
    .addOption(new Option('--runs <dir>', 'where runs are stored').default(place, `${place} beside the project file`))
    .addOption(new Option('--case <text>', 'only cases whose name contains this'))
    .addOption(new Option('--patch <text>', 'only patches whose file name contains this'))
    .addOption(new Option('--target <name>', 'only this target'))
    .addOption(new Option('--series <name>', 'runs of this series (default: that of the newest run)'))
    .addOption(new Option('--tree <name>', 'runs on this tree (default: that of the newest run)'))
    .addOption(new Option('--last <n>', 'the newest n runs').argParser(positive).default(200))
    .addOption(new Option('--all', 'also list what passed in every run'))
    .addOption(new Option('--html <file>', 'write a page with charts to a file'))
    .addHelpText(
      'after',
      examplesText([
        'quiltboot history',
        'quiltboot history --case "a pid moves" --target s390x',
        'quiltboot history --patch container-clone --all',
        'quiltboot history --html history.html',
      ]),
    )
    .action(async ({ runs, all, html, ...options }: HistoryOptions, self: Command) => {
      const { last, ...filter } = options;
      const request = {
        runs: await placeOfRuns(io.cwd, runs, self.optsWithGlobals<GlobalOptions>().project),
        last,
        ...defined({ case: filter.case, patch: filter.patch }),
        ...(filter.target === undefined ? {} : { target: columnOf(filter.target) }),
        ...defined({ series: filter.series, tree: filter.tree }),
      };
      const { timeline, others, problems } = await readHistory(request);
      if (html !== undefined) await writePage(path.resolve(io.cwd, html), visible(renderHistoryPage(timeline)));
      // A text that was named is looked for, also where it passed each time.
      else io.out(renderHistory(timeline, all === true || options.case !== undefined || options.patch !== undefined));
      if (others > 0) io.err(`${others} stored runs of other series or trees: --series NAME, --tree NAME\n`);
      for (const problem of problems) io.err(`left out: ${problem}\n`);
      done(0);
    });
}
