import { type Cause, formatLocation, type SourceLocation } from '../model/index.ts';
import { placeIn } from './verdict.ts';

/** The place that a compiler's message or a stack names. */
function placeOf(file: string, error: Error): SourceLocation {
  const named = /^(\/[^\n:]+):(\d+):(\d+): ERROR: /m.exec(error.message);
  if (named?.[1] !== undefined) return { file: named[1], line: Number(named[2]), column: Number(named[3]) };
  // A module that fails to link has `file:line` as the first line of its stack.
  const linked = /^(?:file:\/\/)?(\/[^\n:]+):(\d+)\n/.exec(error.stack ?? '');
  if (linked?.[1] !== undefined) return { file: linked[1], line: Number(linked[2]) };
  return placeIn(file, error.stack) ?? { file };
}

/** Why a suite file cannot be used: the error of its loading, or that it declares no case. */
export function describeLoadFailure(file: string, error: unknown): Cause {
  if (error === undefined) {
    const summary = `${file}: the suite has no case; declare one by test(name, async (t, { guest }) => …)`;
    return { blame: 'suite', summary, excerpt: [] };
  }
  const failure = error instanceof Error ? error : new Error(`the suite threw ${JSON.stringify(error)}`);
  const message = /: ERROR: (.*)$/m.exec(failure.message)?.[1] ?? failure.message.split('\n')[0] ?? '';
  const excerpt = (failure.stack ?? failure.message)
    .split('\n')
    .filter((line) => !/\bnode:internal|[\\/]node_modules[\\/]/.test(line));
  return { blame: 'suite', summary: `${formatLocation(placeOf(file, failure))}: ${message}`, excerpt };
}
