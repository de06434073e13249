import type { Command } from 'commander';
import type { Io } from './io.ts';
import { seriesCommand } from './series-command.ts';

const examples = [
  'quiltboot build container --target i386,s390x',
  'quiltboot build container --target all --skip-missing',
  'quiltboot build mine --target x86_64,s390x --fix',
];

/** `quiltboot build`: no stage after that one. */
export function buildCommand(io: Io, done: (status: number) => void): Command {
  const description = 'Apply, configure and build; new warnings fail a point.';
  return seriesCommand(io, 'build', 'build', description, examples, done);
}
