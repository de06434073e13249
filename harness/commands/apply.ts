import type { Command } from 'commander';
import type { Io } from './io.ts';
import { seriesCommand } from './series-command.ts';

const examples = ['quiltboot apply container', 'quiltboot apply mine --tree linux-6.1=git:../linux#HEAD'];

/** `quiltboot apply`: no stage after that one. */
export function applyCommand(io: Io, done: (status: number) => void): Command {
  const description = 'Apply a series patch by patch and say which patch does not apply.';
  return seriesCommand(io, 'apply', 'apply', description, examples, done);
}
