import { PassThrough } from 'node:stream';
import type { Io } from '../../harness/commands/io.ts';
import { cachePaths } from '../../harness/index.ts';

/** A world in which a command says nothing: for tests that look at the commands themselves. */
export const silentIo: Io = {
  cwd: '/',
  env: {},
  cpus: 1,
  cache: (directory) => cachePaths({}, directory),
  out: () => undefined,
  err: () => undefined,
  commands: () => undefined,
  status: () => undefined,
  paintOut: (text) => text,
  paintErr: (text) => text,
  errIsTerminal: false,
  columns: 80,
  outColumns: Number.POSITIVE_INFINITY,
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  words: [],
  signal: new AbortController().signal,
};
