import path from 'node:path';
import { Command } from 'commander';
import { excerptOf } from '../guest/log/index.ts';
import { allPass, countTests } from '../ktap/index.ts';
import { failedGoal, readBuildLog } from '../make/index.ts';
import { canBoot, defined, describeError, type Splat, UserError } from '../model/index.ts';
import {
  type LogExtent,
  type LogSource,
  type ReadLog,
  readKernelLog,
  readLogText,
  readTestLog,
} from '../pipeline/index.ts';
import { renderDiagnostic, renderSplat, renderTests, testSummary } from '../report/index.ts';
import { findTarget } from '../targets/index.ts';
import type { Io } from './io.ts';
import { examplesText } from './print.ts';

interface Options {
  readonly build?: boolean;
  readonly ktap?: boolean;
  readonly json?: boolean;
  readonly vmlinux?: string;
  readonly target?: string;
  readonly wrapped?: boolean;
}

/** Where no target is named. */
const native = { crossCompile: '', wrapsLog: false };
/** Findings of a build log that are printed. */
const mostFindings = 50;

function sourceOf(io: Io, file: string): LogSource {
  if (file !== '-') return { file: path.resolve(io.cwd, file) };
  if (io.stdin.isTTY) throw new UserError('expected a log on stdin', { hint: 'for instance: dmesg | quiltboot log -' });
  return { bytes: io.stdin as AsyncIterable<Uint8Array | string> };
}

/** How a target's log is read: one that never boots here writes whole lines. */
function consoleOf(name: string | undefined): { readonly crossCompile: string; readonly wrapsLog: boolean } {
  if (name === undefined) return native;
  const target = findTarget(name);
  return { crossCompile: target.crossCompile, wrapsLog: canBoot(target) && target.wrapsLog };
}

/** How the user knows the log. */
function nameOf(file: string): string {
  return file === '-' ? 'stdin' : file;
}

/**
 * The exit status for a log that was read so far: what was not seen is no pass.
 *
 * @param status what the part that was read comes to
 */
function statusOf(io: Io, file: string, { lines, cut }: LogExtent, status: number): number {
  if (lines === 0 && cut === undefined)
    throw new UserError(`${nameOf(file)} is empty, expected a log`, {
      hint: 'is it the right file, and did the guest print to that console?',
    });
  if (cut === undefined) return status;
  const damaged = new UserError(`${nameOf(file)}: ${cut}: what follows line ${lines} is not known`, {
    hint: 'expected a whole file; save or download it again',
  });
  io.err(`quiltboot: ${describeError(damaged)}\n`);
  return status === 0 ? damaged.exitCode : status;
}

function plainReport({ line, splat }: ReadLog['reports'][number]): Splat & { readonly line: number } {
  return { line: line + 1, ...splat };
}

async function readKernel(io: Io, file: string, options: Options): Promise<number> {
  const { crossCompile, wrapsLog } = consoleOf(options.target);
  const { reports, ...extent } = await readKernelLog({
    source: sourceOf(io, file),
    wraps: options.wrapped ?? wrapsLog,
    target: { crossCompile },
    ...(options.vmlinux === undefined ? {} : { vmlinux: path.resolve(io.cwd, options.vmlinux) }),
  });
  const found = reports.some(({ splat }) => splat.severity !== 'coverage') ? 1 : 0;
  const status = statusOf(io, file, extent, found);
  if (options.json) io.out(`${JSON.stringify({ ...extent, reports: reports.map(plainReport) }, null, 2)}\n`);
  else {
    for (const report of reports) io.out(renderSplat(report, excerptOf(report.splat), nameOf(file)));
    io.err(`${extent.lines} lines, ${reports.length === 1 ? '1 report' : `${reports.length} reports`}\n`);
  }
  return status;
}

async function readBuild(io: Io, file: string, { json }: Options): Promise<number> {
  const { text, ...extent } = await readLogText(sourceOf(io, file));
  const { findings } = readBuildLog(text, { worktree: '/linux', directory: '/build' });
  const said = findings.filter(({ diagnostic }) => diagnostic.severity === 'error');
  const goal = said.length === 0 ? failedGoal(text) : undefined;
  const errors = goal === undefined ? said : [goal];
  const status = statusOf(io, file, extent, errors.length > 0 ? 1 : 0);
  const ordered = [...errors, ...findings.filter((finding) => !errors.includes(finding))];
  if (json) io.out(`${JSON.stringify({ cause: errors[0] ?? null, findings }, null, 2)}\n`);
  else {
    for (const { diagnostic, lines } of ordered.slice(0, mostFindings)) io.out(renderDiagnostic(diagnostic, lines));
    io.err(`errors: ${errors.length}, warnings: ${findings.length - said.length}\n`);
  }
  return status;
}

async function readTests(io: Io, file: string, { json, target, wrapped }: Options): Promise<number> {
  const wraps = wrapped ?? consoleOf(target).wrapsLog;
  const found = await readTestLog({ source: sourceOf(io, file), wraps });
  if (json) {
    const cases = found.cases.map((one) => ({ ...one, line: one.line + 1 }));
    const outside = found.outside.map((one) => ({ ...one, line: one.line + 1 }));
    io.out(`${JSON.stringify({ lines: found.lines, ...defined({ cut: found.cut }), cases, outside }, null, 2)}\n`);
  } else {
    io.out(renderTests(found, nameOf(file)));
    io.err(`${testSummary(found, countTests(found.cases))}\n`);
  }
  const { lines, cut } = found;
  const status = allPass(found.cases) && found.outside.length === 0 ? 0 : 1;
  return cut === undefined ? status : statusOf(io, file, { lines, cut }, status);
}

/** `quiltboot log`: finds the reports of any kernel log, the tests in it, or the errors of a build log. */
export function logCommand(io: Io, done: (status: number) => void): Command {
  return new Command('log')
    .description(
      'Find the reports of a kernel log (serial capture, dmesg, journal, CI output, gzip), the tests in it, or the errors of a build log.',
    )
    .argument('<file>', 'the log; - for stdin')
    .option('--build', 'read the log of a kernel build; the first error is the cause')
    .option('--ktap', 'read test results in KTAP or TAP: KUnit, kselftest, any program')
    .option('--vmlinux <file>', 'ELF file of the kernel: name files, lines and inlined functions')
    .option('--target <name>', 'target of the log: selects its binutils and its console')
    .option('--wrapped', 'the console broke its lines at 80 columns (s390)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Exit status: 0 no report; 1 at least one; 2 nothing to read, or not all of it. With --ktap: 0 if tests passed and the others
were skipped.
${examplesText(['quiltboot log console.log', 'dmesg | quiltboot log -', 'quiltboot log --vmlinux vmlinux --json boot.log.gz', 'quiltboot log --build build.log', 'quiltboot log --ktap kunit.log', './mytest | quiltboot log --ktap -'])}`,
    )
    .action(async (file: string, options: Options) => {
      if (options.build && options.ktap) {
        throw new UserError('--build and --ktap exclude each other', { code: 'QB-USAGE' });
      }
      const read = options.build ? readBuild : options.ktap ? readTests : readKernel;
      done(await read(io, file, options));
    });
}
