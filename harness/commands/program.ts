import { Command } from 'commander';
import { b4Command } from './b4.ts';
import { bisectCommand } from './bisect.ts';
import { bootCommand, shellCommand, testCommand } from './guest.ts';
import { importCommand } from './import.ts';
import type { Io } from './io.ts';
import { lintIncludesCommand } from './lint.ts';
import { mergeCommand } from './merge.ts';
import { examplesText, seriesCommand } from './run.ts';
import { doctorCommand, fetchCommand, imageCommand, reportCommand } from './single.ts';
import { stepCommand } from './step.ts';

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
    .option('-q, --quiet', 'no progress, only results and problems')
    .addHelpText('after', exitCodes)
    .addHelpText(
      'after',
      examplesText([
        'quiltboot run',
        'quiltboot run container --target s390x --points 2..3',
        'quiltboot run mine --tree linux-6.1=git:../linux#v6.1.100 --format junit=report.xml',
        'quiltboot doctor',
      ]),
    )
    .configureOutput({ writeOut: io.out, writeErr: io.err, getOutHasColors: () => false, getErrHasColors: () => false })
    .showHelpAfterError('(quiltboot COMMAND --help shows what is allowed)')
    .exitOverride();

  const commands = [
    seriesCommand(
      io,
      'run',
      'test',
      'Run a series: every point on every target, through all stages.',
      [
        'quiltboot run',
        'quiltboot run container --target x86_64,s390x --points all',
        'quiltboot run container --points final --suite tasks --format tap',
        'quiltboot run container --points final --config debug --cpus 4',
        'quiltboot run cgroup1 --target s390x',
        'quiltboot run none --tree linux-6.1 --suite tests/suites/guest',
        'quiltboot run container --shard 1/3 --format github --reruns 2',
        'quiltboot run container --tree linux-6.1=dir:../linux --keep-going',
        'quiltboot run container --without-fix kmod-include --points 6..7',
      ],
      done,
    ),
    fetchCommand(io, done),
    importCommand(io, done),
    seriesCommand(
      io,
      'apply',
      'apply',
      'Apply a series patch by patch and say which patch does not apply.',
      ['quiltboot apply container', 'quiltboot apply mine --tree linux-6.1=git:../linux#HEAD'],
      done,
    ),
    seriesCommand(
      io,
      'configure',
      'configure',
      'Apply and configure; an option that gets lost is named.',
      ['quiltboot configure container --target s390x --points final'],
      done,
    ),
    seriesCommand(
      io,
      'build',
      'build',
      'Apply, configure and build; new warnings fail a point.',
      ['quiltboot build container --target i386,s390x', 'quiltboot build mine --target x86_64,s390x --fix'],
      done,
    ),
    lintIncludesCommand(io, done),
    imageCommand(io, done),
    bootCommand(io, done),
    testCommand(io, done),
    reportCommand(io, done),
    bisectCommand(io, done),
    stepCommand(io, done),
    mergeCommand(io, done),
    b4Command(io, done),
    shellCommand(io, done),
    doctorCommand(io, done),
  ];
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program));
  return program;
}
