import { Command } from 'commander';
import { defined } from '../model/index.ts';
import { checkOutputs, type Outputs } from '../pipeline/index.ts';
import { narrowText } from '../report/index.ts';
import { applyCommand } from './apply.ts';
import { b4Command } from './b4-check.ts';
import { bisectCommand } from './bisect.ts';
import { bootCommand } from './boot.ts';
import { buildCommand } from './build.ts';
import { checkCommand } from './check.ts';
import { completionCommand } from './completion.ts';
import { configureCommand } from './configure.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { fetchCommand } from './fetch.ts';
import { gcCommand } from './gc.ts';
import { historyCommand } from './history.ts';
import { imageCommand } from './image.ts';
import { importCommand } from './import.ts';
import { initCommand } from './init.ts';
import type { Io } from './io.ts';
import { lintIncludesCommand } from './lint-includes.ts';
import { lockCommand } from './lock.ts';
import { logCommand } from './log.ts';
import { mergeCommand } from './merge.ts';
import type { Format } from './options.ts';
import { patchworkCommand } from './patchwork.ts';
import { planCommand } from './plan.ts';
import { examplesText } from './print.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run.ts';
import { shellCommand } from './shell.ts';
import { stepCommand } from './step.ts';
import { testCommand } from './test-command.ts';
import { tryCommand } from './try.ts';
import { workerCommand } from './worker.ts';

/** Every command, in the order of `--help`. */
const commands: readonly ((io: Io, done: (status: number) => void) => Command)[] = [
  tryCommand,
  runCommand,
  initCommand,
  fetchCommand,
  lockCommand,
  importCommand,
  applyCommand,
  configureCommand,
  buildCommand,
  checkCommand,
  lintIncludesCommand,
  imageCommand,
  bootCommand,
  testCommand,
  reportCommand,
  bisectCommand,
  stepCommand,
  planCommand,
  mergeCommand,
  workerCommand,
  logCommand,
  b4Command,
  patchworkCommand,
  shellCommand,
  historyCommand,
  gcCommand,
  doctorCommand,
  explainCommand,
  completionCommand,
];

/** The options of all commands that name a place to write to. */
interface OutputOptions {
  readonly cache?: string;
  readonly out?: string;
  /** A word where the command prints one form and writes no file of it. */
  readonly format?: readonly Format[] | string;
}

function outputsOf(
  io: Io,
  { cache = io.env['QUILTBOOT_CACHE'] || undefined, out, format = [] }: OutputOptions,
): Outputs {
  const files = (typeof format === 'string' ? [] : format).map(({ file }) => file).filter((file) => file !== undefined);
  return { cwd: io.cwd, files, ...defined({ cache, out }) };
}

const exitCodes = `
Exit status: 0 all passed; 1 a patch or a suite failed; 2 a mistake in the command or the project file;
69 the machine was to blame; 130 interrupted.
`;

/**
 * The whole command line.
 *
 * @param done is called with the exit status of the command that ran
 */
export function makeProgram(io: Io, version: string, done: (status: number) => void): Command {
  const program = new Command('quiltboot')
    .description(
      'Applies a kernel patch series patch by patch, builds every point, boots it in QEMU and runs suites in it.',
    )
    .version(version)
    .option(
      '--project <file>',
      'project file (default: quiltboot.yaml here or above, else the one that comes with quiltboot)',
    )
    .option(
      '--cache <dir>',
      'where trees, builds and results are kept (default: $QUILTBOOT_CACHE or ~/.cache/quiltboot)',
    )
    .option(
      '--locked',
      'use exactly the trees of quiltboot.lock beside the project file (quiltboot lock writes it), or refuse to run',
    )
    .option('-q, --quiet', 'no progress, only results and problems')
    .addHelpText('after', exitCodes)
    .addHelpText(
      'after',
      examplesText([
        'quiltboot try',
        'quiltboot run',
        'quiltboot run container --target s390x --points 2..3',
        'quiltboot run mine --tree linux-6.1=git:../linux#v6.1.100 --format junit=report.xml',
        'quiltboot doctor',
      ]),
    )
    .configureOutput({
      writeOut: (text) => io.out(narrowText(text, io.columns)),
      writeErr: io.err,
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(quiltboot COMMAND --help shows what is allowed)')
    // A help text may be as narrow as a phone's terminal: option and words still fit in 60 columns.
    .configureHelp({ minWidthToWrap: 20 })
    .exitOverride()
    .hook('preAction', (_, command) => checkOutputs(outputsOf(io, command.optsWithGlobals<OutputOptions>())));

  for (const make of commands) program.addCommand(make(io, done).copyInheritedSettings(program));
  return program;
}
