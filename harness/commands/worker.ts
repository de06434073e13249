import path from 'node:path';
import { Command, Option } from 'commander';
import { defined } from '../model/index.ts';
import { everyTarget, hostTargetsOf, work } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { option } from './options.ts';
import { list, positive } from './parsers.ts';
import { examplesText } from './print.ts';
import { contextWithStore, type GlobalOptions, openSession, queueTimesOf, type StoreOptions } from './session.ts';

interface WorkerOptions extends StoreOptions {
  readonly queue: string;
  readonly targets?: readonly string[];
  readonly slots: number;
  readonly jobs?: number;
}

const description = `Take chains from a queue and run them, until it is stopped.

"quiltboot run --queue" puts them there. A worker takes the series, its suites and the tree from the store and puts its
results there; a series that is not trusted is built in the sandbox only. A chain that asks for other tools than this
machine has is left to others.`;

/** `quiltboot worker`: works for runs of other machines. */
export function workerCommand(io: Io): Command {
  return new Command('worker')
    .description(description)
    .addOption(option.queue().makeOptionMandatory())
    .addOption(new Option('--targets <names>', 'targets, with commas (default: all that there are)').argParser(list))
    .addOption(
      new Option('--slots <n>', 'chains at once; each beyond the first has a cache of its own')
        .argParser(positive)
        .default(1),
    )
    .addOption(option.jobs())
    .addOption(option.store().makeOptionMandatory())
    .addOption(option.storeKey())
    .addHelpText(
      'after',
      examplesText([
        'quiltboot worker --queue redis://boss:6379 --store /srv/quiltboot',
        'quiltboot worker --queue redis://boss:6379 --store https://boss/quiltboot --targets s390x --slots 2',
      ]),
    )
    .action(async (options: WorkerOptions, self: Command) => {
      const global = self.optsWithGlobals<GlobalOptions>();
      const session = openSession(io, global, defined({ jobs: options.jobs }));
      const context = await contextWithStore(session, options, false);
      const { slots, queue, targets } = options;
      const { root } = context.cache;
      try {
        await work(
          {
            ...{ url: queue, slots, times: queueTimesOf(io) },
            targets: hostTargetsOf(targets ?? [everyTarget]),
            cache: (slot) => (slot === 0 ? context.cache : io.cache(path.join(root, `slot-${slot + 1}`))),
          },
          { ...context, jobs: Math.max(1, Math.floor(context.jobs / slots)) },
        );
      } finally {
        session.reporter.end();
      }
    });
}
