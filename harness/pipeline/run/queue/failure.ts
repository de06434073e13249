import { z } from 'zod';
import { describeError, isQuiltbootError } from '../../../model/index.ts';

const shape = z.object({ blame: z.enum(['user', 'host']), text: z.string() });

/** Why a chain was given up, and who is to blame. */
export type ChainFailure = z.infer<typeof shape>;

export function failureOf(error: unknown): ChainFailure {
  const blame = isQuiltbootError(error) && error.blame === 'user' ? 'user' : 'host';
  return { blame, text: describeError(error).slice(0, 2000) };
}

/** What a worker said, or the queue itself where no worker could. */
export function parseFailure(text: string): ChainFailure {
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    const stalled = /stalled/.test(text);
    const why = stalled ? 'its workers died, or were stopped, several times' : text.slice(0, 400);
    return { blame: 'host', text: `the chain was given up: ${why}` };
  }
}
