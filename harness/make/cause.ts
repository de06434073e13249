import type { Cause } from '../model/index.ts';
import type { BuildFinding } from './diagnostics.ts';

/** Most lines of a log in a cause. */
const most = 30;

/** `kernel/fork.c:12:5`, or what is known of it. */
function place({ diagnostic }: BuildFinding): string {
  const { file, line, column, object } = diagnostic;
  return [file ?? object ?? 'make', line, column].filter((part) => part !== undefined).join(':');
}

export interface FailedMakeResult {
  readonly errors: readonly BuildFinding[];
  /** The end of the log. */
  readonly tail: readonly string[];
  /** What is wrong with what it left, where that is the reason. */
  readonly problem?: string;
}

/** Why a make failed: the first real error with its lines, or the end of the log where no error can be told. */
export function failureCause({ errors, tail, problem }: FailedMakeResult, logFile: string): Cause {
  const first = errors[0];
  if (!first) {
    const summary = problem === undefined ? 'the build failed' : `the build failed: ${problem}`;
    return { blame: 'kernel', summary, excerpt: tail, log: logFile };
  }
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return {
    blame: 'kernel',
    summary: `the build failed: ${place(first)}: ${first.diagnostic.message}${more}`,
    excerpt: first.lines.slice(0, most),
    log: logFile,
  };
}

/** What to show for warnings that a point brought. */
export function warningsCause(fresh: readonly BuildFinding[], logFile: string): Cause {
  const [first] = fresh;
  const count = fresh.length === 1 ? 'a new warning' : `${fresh.length} new warnings`;
  return {
    blame: 'kernel',
    summary: `${count}: ${first ? `${place(first)}: ${first.diagnostic.message}` : ''}`,
    excerpt: fresh.flatMap(({ lines }) => lines).slice(0, most),
    log: logFile,
  };
}
