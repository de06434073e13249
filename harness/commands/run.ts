import type { Command } from 'commander';
import type { Io } from './io.ts';
import { seriesCommand } from './series-command.ts';

const examples = [
  'quiltboot run',
  'quiltboot run container --target x86_64,s390x --points all',
  'quiltboot run container --points final --suite tasks --format tap',
  'quiltboot run container --points final --config debug --cpus 4',
  'quiltboot run cgroup1 --target s390x',
  'quiltboot run none --tree linux-6.1 --suite tests/suites/guest',
  'quiltboot run container --points final --coverage --fail-under 80',
  'quiltboot run container --points final --suite tasks --faults',
  'quiltboot run container --shard 1/3 --format github --reruns 2',
  'quiltboot run --queue redis://localhost:6379 --store /srv/quiltboot',
  'quiltboot run container --tree linux-6.1=dir:../linux --keep-going',
  'quiltboot run container --without-fix kmod-include --points 6..7',
];

/** `quiltboot run`: a series through all stages. */
export function runCommand(io: Io, done: (status: number) => void): Command {
  return seriesCommand(
    io,
    'run',
    'test',
    'Run a series: every point on every target, through all stages.',
    examples,
    done,
  );
}
