import { defined, nearest, type Run, UserError } from '../model/index.ts';
import { visible } from './door.ts';
import { renderGithub } from './github.ts';
import { renderGitlab } from './gitlab.ts';
import type { Logs } from './html/logs.ts';
import { renderHtml } from './html/page.ts';
import { renderJunit } from './junit.ts';
import { renderKcidb } from './kcidb.ts';
import { renderMail } from './mail.ts';
import { renderMarkdown } from './markdown.ts';
import { renderSarif } from './sarif.ts';
import { renderTap } from './tap.ts';
import { renderText } from './text.ts';

export { type PatchCheck, pointChecks } from './b4.ts';
export { renderBisect } from './bisect.ts';
export { renderFreed, renderPieces } from './cache.ts';
export { checkVerdict, renderCheck } from './check.ts';
export { renderCode, renderCodes } from './codes.ts';
export { renderDoctor } from './doctor.ts';
export { type Door, makeDoor, visible } from './door.ts';
export { renderHistory } from './history.ts';
export { lineKey } from './html/address.ts';
export { renderHistoryPage } from './html/history.ts';
export { type LogMark, type Logs, type LogText, wantedLogs } from './html/logs.ts';
export { renderBase, renderImport } from './import.ts';
export { renderFix, renderLint } from './includes.ts';
export { renderDiagnostic, renderSplat, renderTests, testSummary } from './log.ts';
export { narrowText } from './narrow.ts';
export { wantsColour } from './paint.ts';
export { type PlanForm, planForms } from './plan.ts';
export { type Line, lineFor } from './progress.ts';
export { renderText } from './text.ts';

interface Kind {
  readonly render: (run: Run, logs: Logs | undefined) => string;
  /** The name that it has in a run directory. */
  readonly file: string;
}

/** Every form that a stored run can be printed in. */
const kinds = {
  text: { render: (run) => renderText(run), file: 'report.txt' },
  tap: { render: renderTap, file: 'report.tap' },
  junit: { render: renderJunit, file: 'report.xml' },
  html: { render: renderHtml, file: 'report.html' },
  markdown: { render: renderMarkdown, file: 'report.md' },
  github: { render: renderGithub, file: 'report.github' },
  gitlab: { render: renderGitlab, file: 'gl-code-quality.json' },
  kcidb: { render: renderKcidb, file: 'kcidb.json' },
  sarif: { render: renderSarif, file: 'report.sarif' },
  mail: { render: renderMail, file: 'reply.mbox' },
  json: { render: (run) => `${JSON.stringify(run, null, 2)}\n`, file: 'run.json' },
} as const satisfies Readonly<Record<string, Kind>>;

export type ReportKind = keyof typeof kinds;

export const reportKinds = Object.keys(kinds) as readonly ReportKind[];

/** Those that are kept with every run; `run.json` comes last, for with it the run is whole. */
export const storedKinds: readonly ReportKind[] = ['text', 'tap', 'junit', 'html', 'json'];

export function reportFile(kind: ReportKind): string {
  return kinds[kind].file;
}

/** Prints a run in the form asked for, with nothing hidden in it. `logs` are shown by the page of HTML alone. */
export function renderReport(run: Run, kind: ReportKind, logs?: Logs): string {
  const { render }: Kind = kinds[kind];
  return visible(render(run, logs));
}

/** Reads `KIND` or `KIND=FILE`. */
export function parseFormat(argument: string): { readonly kind: ReportKind; readonly file?: string } {
  const at = argument.indexOf('=');
  const name = at < 0 ? argument : argument.slice(0, at);
  if (!(name in kinds)) {
    const guess = nearest(name, reportKinds);
    throw new UserError(`unknown format "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
      code: 'QB-NAME',
      hint: `allowed: ${reportKinds.join(', ')}, each with =FILE to write it to a file`,
    });
  }
  const file = at < 0 ? undefined : argument.slice(at + 1);
  if (file === '')
    throw new UserError(`--format ${argument}: no file name after "="`, {
      code: 'QB-USAGE',
      hint: `for instance --format ${name}=${kinds[name as ReportKind].file}`,
    });
  return { kind: name as ReportKind, ...defined({ file }) };
}
