import path from 'node:path';
import { Command } from 'commander';
import { doctor, fetchTree, makeImage, openStoredRun, withComparison } from '../pipeline/index.ts';
import { findTarget, targets } from '../targets/index.ts';
import type { Io } from './io.ts';
import { type Format, option } from './options.ts';
import { type AgainstOptions, checkAgainst, examplesText, printReports, statusOnFailures } from './run.ts';
import { chooseFrom, type GlobalOptions, openSession } from './session.ts';

type Done = (status: number) => void;

/** `quiltboot fetch`: prepares a tree. */
export function fetchCommand(io: Io, done: Done): Command {
  return new Command('fetch')
    .description('Fetch and prepare a tree; it is kept in the cache.')
    .argument('[tree]', 'tree of the project file, or NAME=git:PATH#REF, NAME=dir:PATH, NAME=tar:PATH')
    .addHelpText(
      'after',
      examplesText([
        'quiltboot fetch',
        'quiltboot fetch linux-6.1',
        'quiltboot fetch linux-6.1=tar:linux-6.1.100.tar.xz',
      ]),
    )
    .action(async (tree: string | undefined, _options: object, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const { selection } = await chooseFrom(io, global, 'none', tree === undefined ? {} : { tree });
      const session = openSession(io, global);
      const prepared = await fetchTree(selection.recipe, session.context);
      session.reporter.end();
      io.out(
        `${prepared.name}: Linux ${prepared.kernelVersion} (${prepared.resolved})\n  ${prepared.repository} ${prepared.commit}\n`,
      );
      done(0);
    });
}

/** `quiltboot image`: makes the initramfs of each target. */
export function imageCommand(io: Io, done: Done): Command {
  return new Command('image')
    .description('Make the initramfs that guests boot with.')
    .addOption(option.target())
    .addHelpText('after', examplesText(['quiltboot image', 'quiltboot image --target s390x']))
    .action(async (options: { readonly target?: readonly string[] }, self: Command) => {
      const session = openSession(io, self.optsWithGlobals<GlobalOptions>());
      const chosen = options.target?.map((name) => findTarget(name)) ?? targets;
      for (const target of chosen) {
        const image = await makeImage({ target }, session.context);
        session.reporter.end();
        io.out(`${target.name}: ${image.initramfs}\n`);
      }
      done(0);
    });
}

/** `quiltboot report`: prints a stored run. */
export function reportCommand(io: Io, done: Done): Command {
  return new Command('report')
    .description('Print the report of a stored run.')
    .argument('[run]', 'directory of the run, or its run.json', path.join('.quiltboot', 'runs', 'latest'))
    .addOption(option.format())
    .addOption(option.against())
    .addOption(option.failOn())
    .addHelpText(
      'after',
      examplesText([
        'quiltboot report',
        'quiltboot report .quiltboot/runs/latest --format junit=report.xml --format text',
        'quiltboot report --against .quiltboot/runs/20260101-120000-container-linux-6.1',
        'quiltboot report --against last-night/run.json --fail-on new',
        'quiltboot report --format html=report.html',
      ]),
    )
    .action(async (place: string, options: AgainstOptions & { readonly format?: readonly Format[] }) => {
      checkAgainst(options);
      const stored = await openStoredRun(path.resolve(io.cwd, place));
      const against =
        options.against === undefined ? undefined : await openStoredRun(path.resolve(io.cwd, options.against));
      const compared = against ? { ...stored, run: await withComparison(stored, against) } : stored;
      await printReports(io, compared, options.format);
      done(statusOnFailures(io, compared.run, options));
    });
}

/** `quiltboot doctor`: says what is there, what is missing and how to get it. */
export function doctorCommand(io: Io, done: Done): Command {
  return new Command('doctor')
    .description(
      'Check what quiltboot needs on this machine; what is missing is named with the command that installs it.',
    )
    .addOption(option.target())
    .addOption(option.kernel())
    .addHelpText('after', examplesText(['quiltboot doctor', 'quiltboot doctor --target s390x']))
    .action(async (options: { readonly target?: readonly string[]; readonly kernel?: string }, self: Command) => {
      const session = openSession(io, self.optsWithGlobals<GlobalOptions>());
      const chosen = options.target?.map((name) => findTarget(name)) ?? targets;
      const report = await doctor(
        { targets: chosen, ...(options.kernel === undefined ? {} : { kernel: path.resolve(io.cwd, options.kernel) }) },
        session.context,
      );
      session.reporter.end();
      for (const line of report.lines) io.out(`${line}\n`);
      done(report.ok ? 0 : 69);
    });
}
