import type { Command } from 'commander';
import type { Io } from './io.ts';
import { seriesCommand } from './series-command.ts';

const examples = ['quiltboot configure container --target s390x --points final'];

/** `quiltboot configure`: no stage after that one. */
export function configureCommand(io: Io, done: (status: number) => void): Command {
  const description = 'Apply and configure; report options that are lost.';
  return seriesCommand(io, 'configure', 'configure', description, examples, done);
}
