import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { defined, type Project } from '../model/index.ts';
import {
  addToProject,
  describeQueue,
  importBase,
  importSeries,
  isPlace,
  loadProject,
  projectFileName,
  seriesLines,
} from '../pipeline/index.ts';
import { renderBase, renderImport } from '../report/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';
import { chooseFrom, treeOption } from './selection.ts';
import { type GlobalOptions, openSession } from './session.ts';

interface ImportOptions {
  readonly name?: string;
  readonly tree?: string;
  readonly base?: string;
  readonly out?: string;
  readonly revision?: number;
  readonly pick?: string;
  readonly lore: string;
  readonly patchwork: string;
  readonly trailers?: true;
  readonly strict?: true;
  readonly add?: true;
  readonly force?: true;
  readonly findBase?: true;
}

const examples = [
  'quiltboot import series.mbox --name mine --tree linux-6.1',
  'quiltboot import 0001-first.patch 0002-second.patch --name mine --add',
  'quiltboot import git:../linux#v6.1..my-branch',
  'quiltboot import 20070720183116.123@example.org --trailers',
  'quiltboot import saved-page.txt --tree git:../linux#v6.1',
];

const seriesName = /^[A-Za-z0-9][\w.-]*$/;

function parseName(text: string): string {
  if (seriesName.test(text) && text !== 'none') return text;
  throw new InvalidArgumentError('expected letters, digits, "-", "_" and ".", and not "none".');
}

function parseRevision(text: string): number {
  if (/^v?[1-9]\d*$/.test(text)) return Number(text.replace(/^v/, ''));
  throw new InvalidArgumentError('expected a number from 1, for instance 3 or v3.');
}

/** `quiltboot import`: a quilt queue made of mails, patches, a git range or the pages of an archive. */
export function importCommand(io: Io, done: (status: number) => void): Command {
  return new Command('import')
    .description('Make a quilt queue of an mbox, a maildir, patches, a git range, a thread or a saved archive page.')
    .argument(
      '<source...>',
      'files, directories, git:PATH#A..B, git:PATH#BRANCH, URLs, patchwork:SERIES, or message ids (LIST/ID@HOST)',
    )
    .option('--name <name>', 'name of the series (default: made of its title)', parseName)
    .addOption(treeOption().conflicts('base'))
    .option('--base <name>', 'base that the series is for, where no --tree is given, for instance 6.1', parseName)
    .option('--revision <n>', 'take this revision instead of the newest', parseRevision)
    .option('--pick <text>', 'which of several series: a part of a title, or a message id')
    .option('--trailers', 'take Reviewed-by and the like from answers')
    .option('--strict', 'accept clean input only: write nothing if anything needs a repair')
    .option('--add', 'add the series to the project file instead of printing the lines')
    .option('--out <dir>', 'directory of the queue (default: patches/NAME/BASE beside the project file)')
    .option('--find-base', 'list the trees that the series fits, and write nothing; with --tree git:PATH, try its tags')
    .option('--force', 'replace an existing queue')
    .option('--lore <url>', 'archive for message ids', 'https://lore.kernel.org')
    .option('--patchwork <url>', 'server for patchwork:NUMBER', 'https://patchwork.kernel.org')
    .addHelpText('after', examplesText(examples))
    .addHelpText('after', '\nExit status 1: something is missing or could not be recovered; the rest was written.\n')
    .action(async (sources: string[], options: ImportOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const { project, selection } =
        options.tree === undefined || isPlace(options.tree)
          ? { project: await loadProject(io.cwd, global.project), selection: undefined }
          : await chooseFrom(io, global, 'none', { tree: options.tree });
      const place = options.tree !== undefined && isPlace(options.tree) ? { place: options.tree } : undefined;
      const tree = selection === undefined ? place : { recipe: selection.recipe };
      const services = { lore: options.lore, patchwork: options.patchwork };
      const picked = defined({ revision: options.revision, pick: options.pick });
      const projectFile = ownProjectFile(io.cwd, project, global.project);
      const session = openSession(io, global);
      if (options.findBase) {
        const trees = Object.values(project.trees);
        const report = await importBase(
          { sources, cwd: io.cwd, ...services, ...picked, ...defined({ tree }), trees },
          session.context,
        ).finally(() => session.reporter.end());
        io.out(renderBase(report));
        done(report.candidates.some(({ applies }) => applies === report.patches) ? 0 : 1);
        return;
      }
      const result = await importSeries(
        {
          sources,
          cwd: io.cwd,
          directory: path.dirname(projectFile),
          ...services,
          ...picked,
          force: options.force ?? false,
          strict: options.strict ?? false,
          trailers: options.trailers ?? false,
          queues: queuesOf(project, options.name),
          ...defined({ name: options.name, base: options.base }),
          ...(options.out === undefined ? {} : { out: path.resolve(io.cwd, options.out) }),
          ...defined({ tree }),
        },
        session.context,
      ).finally(() => session.reporter.end());
      io.out(renderImport(result, io.cwd));
      if (result.queue !== undefined) {
        const base = result.base ?? project.trees[project.defaults.tree]?.base ?? '';
        const series = describeQueue(result.name, base, result.queue, projectFile);
        const file = path.relative(io.cwd, projectFile) || projectFileName;
        if (options.add) {
          await addToProject(series, projectFile);
          io.out(`added to ${file}\n`);
        } else io.out(`to use it, add to ${file} (or import with --add):\n\n${seriesLines(series)}`);
      }
      done(result.problems.length === 0 ? 0 : 1);
    });
}

/** The queues of a project, but for the one that is made. */
function queuesOf({ series }: Project, own: string | undefined): { name: string; directory: string }[] {
  return Object.entries(series).flatMap(([name, bases]) =>
    Object.values(bases).flatMap(({ directory }) =>
      name === own || directory === undefined ? [] : [{ name, directory }],
    ),
  );
}

/** The project that comes with quiltboot is nobody's to write to, unless the user works in it. */
function ownProjectFile(cwd: string, project: Project, chosen: string | undefined): string {
  const inside = !path.relative(project.directory, cwd).startsWith('..');
  return chosen !== undefined || inside ? project.file : path.join(cwd, projectFileName);
}
