import path from 'node:path';
import { type Run, UserError } from '../model/index.ts';
import { appendReport, renderStored, type StoredRun, writeReport } from '../pipeline/index.ts';
import { renderText } from '../report/index.ts';
import { verdictOnNew } from '../results/index.ts';
import type { Io } from './io.ts';
import type { Format } from './options.ts';

export interface AgainstOptions {
  readonly against?: string;
  readonly failOn: 'any' | 'new';
}

/** @throws UserError when only new failures shall count and there is nothing against which they would be new */
export function checkAgainst({ against, failOn }: AgainstOptions): void {
  if (failOn === 'new' && against === undefined) {
    throw new UserError('--fail-on new needs an earlier run: --against RUN, its directory or run.json', {
      code: 'QB-USAGE',
    });
  }
}

const statuses = { pass: 0, fail: 1, untested: 1, mistake: 2, infra: 69 };

/** Exit status of a verdict: 0 pass, 1 a patch or suite failed or was not tested, 2 the user's mistake, 69 the machine's fault. */
export function exitStatus(one: Run): number {
  return statuses[one.verdict];
}

/** The exit status with the failures that shall count; says so where it is another than the verdict's. */
export function statusOnFailures(io: Io, one: Run, { failOn }: AgainstOptions): number {
  const status = failOn === 'new' ? statuses[verdictOnNew(one)] : exitStatus(one);
  if (status !== exitStatus(one)) io.err('--fail-on new: no failure is new\n');
  return status;
}

/** Prints a run in every form asked for; the matrix when none is. */
export async function printReports(io: Io, stored: StoredRun, formats: readonly Format[] | undefined): Promise<void> {
  const chosen = formats ?? [{ kind: 'text' } satisfies Format];
  for (const { kind, file } of chosen) {
    if (file !== undefined) await writeReport(stored, kind, path.resolve(io.cwd, file));
    else if (kind === 'text') io.out(renderText(stored.run, io.paintOut, io.outColumns));
    else if (kind === 'github') io.commands(await renderStored(stored, kind));
    else io.out(await renderStored(stored, kind));
    // GitHub's summary of a step is a file that it names; what other commands of the step wrote stays.
    const summary = io.env['GITHUB_STEP_SUMMARY'];
    if (kind === 'github' && summary) await appendReport(stored, 'markdown', path.resolve(io.cwd, summary));
  }
}

/** The part of `--help` that shows how a command is used. */
export function examplesText(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}\n`;
}
