#!/usr/bin/env node
import { setMaxListeners } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { CommanderError } from 'commander';
import type { Io } from './commands/io.ts';
import { makeProgram } from './commands/program.ts';
import { failureStatus } from './commands/step.ts';
import { prepareCache } from './host/files/cache.ts';
import { cachePaths } from './host/files/paths.ts';
import { watchSignals } from './host/interruption.ts';
import { describeError, GuestGone, InterruptedError, isQuiltbootError } from './model/index.ts';
import { ownVersion } from './pipeline/index.ts';
import { makeDoor, wantsColour } from './report/index.ts';

/** Exit status for a fault of quiltboot itself (EX_SOFTWARE of sysexits.h). */
const bugStatus = 70;

// Nobody else may write what we run or read later.
const before = process.umask(0o022);
process.umask(before | 0o022);

const interruption = new AbortController();
// Each of many targets listens to it.
setMaxListeners(0, interruption.signal);

watchSignals(
  (signal) => {
    process.stderr.write(`\n${signal}: stopping; a second one stops at once\n`);
    interruption.abort();
  },
  (ms) => process.stderr.write(`not stopped within ${ms / 1000} s: ending at once\n`),
);
for (const stream of [process.stdout, process.stderr]) {
  // A reader that went away (`| head`) wants no more output; the run itself goes on.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const words = process.argv.slice(2);
const toOut = makeDoor((text) => void process.stdout.write(text), wantsColour(process.env, process.stdout.isTTY));
const toErr = makeDoor((text) => void process.stderr.write(text), wantsColour(process.env, process.stderr.isTTY));
const io: Io = {
  cwd: workingDirectory(),
  env: process.env,
  cpus: os.availableParallelism(),
  cache(directory) {
    const paths = cachePaths(process.env, directory === undefined ? undefined : path.resolve(io.cwd, directory));
    void prepareCache(paths.root);
    return paths;
  },
  out: toOut.print,
  err: toErr.print,
  commands: toOut.commands,
  status: toErr.status,
  paintOut: toOut.paint,
  paintErr: toErr.paint,
  // A terminal that cannot go back in its line has no status line.
  errIsTerminal: process.stderr.isTTY && process.env['TERM'] !== 'dumb',
  outColumns: process.stdout.columns || Number.POSITIVE_INFINITY,
  columns: process.stderr.columns || Number(process.env['COLUMNS']) || 80,
  stdin: process.stdin,
  stdout: process.stdout,
  words,
  signal: interruption.signal,
};

/** The directory that we were started in; one that was removed since has no name. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    toErr.print('quiltboot: the current directory was removed\n  change to an existing directory and run again\n');
    return process.exit(2);
  }
}

/** Says what went wrong and how the program ends because of it. */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InterruptedError || interruption.signal.aborted) {
    io.err('interrupted; run the same command again to resume [QB-INTERRUPTED]\n');
    return 130;
  }
  if (isQuiltbootError(error)) {
    io.err(`quiltboot: ${describeError(error)}\n`);
    return error.exitCode;
  }
  if (error instanceof GuestGone) {
    io.err(`quiltboot: ${error.message}\n`);
    return error.ending === 'host' ? 69 : 1;
  }
  io.err(
    `quiltboot: internal error, please report it [QB-INTERNAL]\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return bugStatus;
}

// An error that nobody waited for is ours, and must not look like a kernel's failure (status 1).
process.on('uncaughtException', (error) => process.exit(failureStatus(words, statusOf(error))));

try {
  const program = makeProgram(io, await ownVersion(), (status) => {
    process.exitCode = status;
  });
  await program.parseAsync(words, { from: 'user' });
} catch (error) {
  process.exitCode = failureStatus(words, statusOf(error));
}
// Sockets of a guest that hangs must not keep a finished program alive.
setTimeout(() => process.exit(), 2000).unref();
