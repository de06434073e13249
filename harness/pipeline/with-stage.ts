import {
  type Cause,
  type CellRef,
  type Context,
  defined,
  describeError,
  InterruptedError,
  isQuiltbootError,
  type Outcome,
  type StageName,
} from '../model/index.ts';

/** What an event says of a stage: its name, what it works on, and the cell where there is one. */
export interface StageWords {
  readonly stage: StageName;
  readonly what: string;
  readonly cell?: CellRef | undefined;
}

interface Ended {
  readonly outcome: Outcome;
  readonly reused: boolean;
  readonly cause?: Cause;
}

/**
 * Runs a stage between its two events and measures it. Every start is followed by an end, but for an interruption: what
 * is thrown ends the stage as `fail` where the user is to blame, else as `not-run`, and is thrown on.
 *
 * @param work resolves with the stage's result, and with a few words for the line of a reporter
 * @returns the result with the milliseconds that it took
 */
export async function withStage<T extends Ended>(
  { emit }: Pick<Context, 'emit'>,
  { stage, what, cell }: StageWords,
  work: () => Promise<{ readonly result: T; readonly detail?: string }>,
): Promise<T & { readonly ms: number }> {
  const started = performance.now();
  const where = { stage, what, ...defined({ cell }) };
  emit({ type: 'stage-start', ...where });
  const end = ({ outcome, reused, cause }: Ended, detail?: string): number => {
    const ms = Math.round(performance.now() - started);
    emit({ type: 'stage-end', ...where, outcome, ms, reused, ...defined({ cause, detail }) });
    return ms;
  };
  try {
    const { result, detail } = await work();
    return { ...result, ms: end(result, detail) };
  } catch (error) {
    if (!(error instanceof InterruptedError)) end(endOf(error));
    throw error;
  }
}

function endOf(error: unknown): Ended {
  const blame = isQuiltbootError(error) ? error.blame : 'host';
  const [summary = '', ...excerpt] = describeError(error).split('\n');
  return { outcome: blame === 'user' ? 'fail' : 'not-run', reused: false, cause: { blame, summary, excerpt } };
}
