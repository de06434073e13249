import { type Cause, type Context, describeError, HostError, type StageName } from '../../model/index.ts';
import { isHostFault } from '../guest/retry.ts';

/** A fault of the machine that ended a cell, and the stage it came in. */
export interface CellFault {
  readonly stage: StageName;
  readonly cause: Cause;
  /** Whether the same may succeed at another time, though it was tried several times. */
  readonly retryable: boolean;
}

/** How often a stage is tried when the machine, not the kernel, failed it in a way that may pass. */
const attempts = 3;

/** Runs a stage again after a passing fault of the machine; the last fault is thrown. */
export async function trying<T>(context: Context, what: string, stage: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await stage();
    } catch (error) {
      if (!(error instanceof HostError) || !error.retryable || attempt === attempts || context.signal.aborted)
        throw error;
      context.emit({
        type: 'note',
        level: 'warning',
        text: `${what}: ${error.message}; trying again (${attempt + 1} of ${attempts})`,
      });
    }
  }
}

/** Turns a fault of the machine into the end of a cell; anything else goes on up. */
export function faultOf(stage: StageName, error: unknown): { readonly fault: CellFault } {
  if (!(error instanceof HostError)) throw error;
  return {
    fault: {
      stage,
      cause: { blame: 'host', summary: error.message, excerpt: describeError(error).split('\n').slice(1) },
      // What was tried several times is thrown as a fault of its own, with the passing one behind it.
      retryable: isHostFault(error) || isHostFault(error.cause),
    },
  };
}
