import { describeEnd, tail } from '../../host/process.ts';
import { type Cause, HostError } from '../../model/index.ts';
import type { ProcessRun } from './runner/runner.ts';

/** Why the cases that were under way have no result. */
export function causeOfDeath({ command, silent }: ProcessRun): Cause {
  const excerpt = tail(command.stderr || command.stdout, 30).split('\n');
  if (silent)
    return { blame: 'suite', summary: 'the suite blocked its process: no event for 90 s (an endless loop?)', excerpt };
  // No suite sends such a signal: the machine did (out of memory), or somebody. ava tells of its child in words.
  const killed = command.endedBy ?? /exited due to (SIG[A-Z]+)/.exec(command.stdout)?.[1];
  if (killed !== undefined) {
    return { blame: 'host', summary: `the suite process was ended by ${killed}`, excerpt };
  }
  return { blame: 'suite', summary: `the suite ended its process: ${describeEnd(command)}`, excerpt };
}

/** The machine's fault that a suite process ended before it came to a suite. */
export function cannotStart({ command }: ProcessRun): HostError {
  return new HostError(`the suite process exited before it loaded a suite: ${describeEnd(command)}`, {
    hint: tail(command.stderr || command.stdout, 20),
  });
}
