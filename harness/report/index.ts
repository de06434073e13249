import { nearest, type Run, UserError } from '../model/index.ts';
import { renderJunit } from './junit.ts';
import { renderText } from './matrix.ts';
import { renderTap } from './tap.ts';

export { renderBisect } from './bisect.ts';
export { ansiPaint, noPaint, type Paint, renderMatrix, renderText } from './matrix.ts';
export { type Line, lineFor } from './progress.ts';

/** Every form that a stored run can be printed in, and the file name it has in a run directory. */
const kinds = {
  text: { render: (run: Run) => renderText(run), file: 'report.txt' },
  tap: { render: renderTap, file: 'report.tap' },
  junit: { render: renderJunit, file: 'report.xml' },
  json: { render: (run: Run) => `${JSON.stringify(run, null, 2)}\n`, file: 'run.json' },
} as const;

export type ReportKind = keyof typeof kinds;

export const reportKinds = Object.keys(kinds) as readonly ReportKind[];

export function reportFile(kind: ReportKind): string {
  return kinds[kind].file;
}

/** Prints a run in the form asked for. */
export function renderReport(run: Run, kind: ReportKind): string {
  return kinds[kind].render(run);
}

/** Reads `KIND` or `KIND=FILE`. */
export function parseFormat(argument: string): { readonly kind: ReportKind; readonly file?: string } {
  const at = argument.indexOf('=');
  const name = at < 0 ? argument : argument.slice(0, at);
  if (!(name in kinds)) {
    const guess = nearest(name, reportKinds);
    throw new UserError(`unknown format "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
      hint: `allowed: ${reportKinds.join(', ')}, each with =FILE to write it to a file`,
    });
  }
  const file = at < 0 ? undefined : argument.slice(at + 1);
  if (file === '')
    throw new UserError(`--format ${argument}: no file name after "="`, {
      hint: `for instance --format ${name}=${kinds[name as ReportKind].file}`,
    });
  return { kind: name as ReportKind, ...(file === undefined ? {} : { file }) };
}
