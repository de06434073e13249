import type { CaseResult } from './case.ts';
import type { Cause } from './cause.ts';
import type { Cell } from './cell.ts';
import type { CellRef } from './cell-ref.ts';
import type { Outcome, StageName } from './outcome.ts';
import type { Run } from './run.ts';

/** Everything that is said while a command works. Reporters listen to it; nothing reads it back. */
export type Event =
  | {
      readonly type: 'run-start';
      readonly title: string;
      readonly points: readonly number[];
      readonly targets: readonly string[];
    }
  | { readonly type: 'stage-start'; readonly stage: StageName; readonly what: string; readonly cell?: CellRef }
  | {
      readonly type: 'stage-progress';
      readonly stage: StageName;
      readonly text: string;
      /** 0 to 1 where the end is known. */
      readonly fraction?: number;
      readonly cell?: CellRef;
    }
  | {
      readonly type: 'stage-end';
      readonly stage: StageName;
      readonly what: string;
      readonly outcome: Outcome;
      readonly ms: number;
      readonly reused: boolean;
      readonly cell?: CellRef;
      readonly cause?: Cause;
      /** A few words for the line of a reporter: `86 cases`, `2 new warnings`. */
      readonly detail?: string;
    }
  | {
      /** make has run for a kernel; one that comes from the store has no such event. */
      readonly type: 'kernel-made';
      readonly cell: CellRef;
      /** `6.1.176`, as `make kernelversion` prints it. */
      readonly kernelVersion: string;
      /** Name of the project's configuration; `default` when none was chosen. */
      readonly configuration: string;
      readonly built: boolean;
      /** How many objects were compiled, those included that ccache had. */
      readonly objects: number;
      readonly ms: number;
    }
  | { readonly type: 'case-end'; readonly cell: CellRef; readonly result: CaseResult }
  | { readonly type: 'cell-end'; readonly cell: Cell }
  /** What a search through many points does next, or has found out about one. */
  | { readonly type: 'search'; readonly text: string }
  | { readonly type: 'note'; readonly level: 'info' | 'warning'; readonly text: string }
  | { readonly type: 'run-end'; readonly run: Run };

export type Emit = (event: Event) => void;

/** Says something that a user should know, in the run's notes as well. */
export function warning({ emit }: { readonly emit: Emit }): (text: string) => void {
  return (text) => emit({ type: 'note', level: 'warning', text });
}
