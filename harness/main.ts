#!/usr/bin/env node
import os from 'node:os';
import path from 'node:path';
import { CommanderError } from 'commander';
import type { Io } from './commands/io.ts';
import { makeProgram } from './commands/program.ts';
import { failureStatus } from './commands/step.ts';
import { cachePaths } from './host/files/paths.ts';
import { describeError, GuestGone, InterruptedError, isQuiltbootError } from './model/index.ts';
import { ownVersion } from './pipeline/index.ts';

/** Exit status for a fault of quiltboot itself (EX_SOFTWARE of sysexits.h). */
const bugStatus = 70;

const interruption = new AbortController();

function stop(signal: NodeJS.Signals): void {
  // Everything that we started dies with us, so a second signal need not wait for an orderly end.
  if (interruption.signal.aborted) process.exit(130);
  process.stderr.write(`\n${signal}: stopping; a second one stops at once\n`);
  interruption.abort();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
for (const stream of [process.stdout, process.stderr]) {
  // A reader that went away (`| head`) wants no more output; the run itself goes on.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const words = process.argv.slice(2);
const io: Io = {
  cwd: process.cwd(),
  env: process.env,
  cpus: os.availableParallelism(),
  cache: (directory) =>
    cachePaths(process.env, directory === undefined ? undefined : path.resolve(process.cwd(), directory)),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY,
  errIsTerminal: process.stderr.isTTY,
  columns: process.stderr.columns || 80,
  stdin: process.stdin,
  stdout: process.stdout,
  words,
  signal: interruption.signal,
};

/** Says what went wrong and how the program ends because of it. */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InterruptedError || interruption.signal.aborted) {
    io.err('interrupted; the same command goes on where this one stopped\n');
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
    `quiltboot: internal error, please report it\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return bugStatus;
}

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
