import path from 'node:path';
import { withHostErrors } from '../../host/files/errors.ts';
import { exists } from '../../host/files/kind.ts';
import { makeUniqueDirectory, readRun } from '../../host/files/run-directory.ts';
import { appendNow, replaceLink, writeFileAtomic } from '../../host/files/write.ts';
import type { Run } from '../../model/index.ts';
import { type ReportKind, renderReport, reportFile, storedKinds } from '../../report/index.ts';
import { concludeRun, parseRun } from '../../results/index.ts';
import { readLogs } from './report-logs.ts';

/** A run and the directory that its logs are in. */
export interface StoredRun {
  readonly run: Run;
  readonly directory: string;
}

/** The place of one run: logs while it goes on, `run.json` and the reports at its end. */
export interface RunDirectory {
  readonly id: string;
  readonly path: string;
  /** Writes the run and every report, then points `latest` here. */
  finish(run: Run): Promise<void>;
}

/** Whoever adds all files of a project to git does not mean its runs. */
async function keepFromGit(directory: string): Promise<void> {
  const file = path.join(directory, '.gitignore');
  if (path.basename(directory) === '.quiltboot' && !(await exists(file))) await writeFileAtomic(file, '*\n');
}

/** Makes the directory of a run, named after its beginning (UTC). */
export async function openRunDirectory(out: string, started: Date, name: string): Promise<RunDirectory> {
  const stamp = started.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  await keepFromGit(path.dirname(out));
  const { id, directory } = await makeUniqueDirectory(out, `${stamp}-${name}`);
  return {
    id,
    path: directory,
    async finish(run) {
      for (const kind of storedKinds)
        await writeReport({ run, directory }, kind, path.join(directory, reportFile(kind)));
      await replaceLink(path.join(out, 'latest'), id);
    },
  };
}

/** Opens a stored run by its directory or its `run.json`. What follows from its cells is drawn from them anew. */
export async function openStoredRun(place: string): Promise<StoredRun> {
  const { file, value } = await readRun(place);
  return { run: concludeRun(parseRun(value, file)), directory: place.endsWith('.json') ? path.dirname(place) : place };
}

/** Reads a stored run from its directory or its `run.json`. */
export async function loadRun(place: string): Promise<Run> {
  return (await openStoredRun(place)).run;
}

/** A stored run in the form asked for. Only the page of HTML has logs in it. */
export async function renderStored({ run, directory }: StoredRun, kind: ReportKind): Promise<string> {
  return renderReport(run, kind, kind === 'html' ? await readLogs(run, directory) : undefined);
}

/** Writes one report of a run to a file. */
export async function writeReport(stored: StoredRun, kind: ReportKind, file: string): Promise<void> {
  await writeFileAtomic(file, await renderStored(stored, kind));
}

/** Adds one report of a run to what a file holds already. */
export async function appendReport(stored: StoredRun, kind: ReportKind, file: string): Promise<void> {
  const text = await renderStored(stored, kind);
  await withHostErrors(`write ${file}`, () => {
    appendNow(file, text);
    return Promise.resolve();
  });
}
